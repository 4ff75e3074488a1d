import process from 'node:process'
import type { BotOptions } from './bot-state.ts'
import { createTelegramServer } from './server.ts'
import type { Say } from './people.ts'
import type { Fault } from '../fault.ts'

/**
 * The server in a process of its own, for load tests: `fork` this file with the options as JSON in the first argument
 * and talk to it in messages. Each request is answered by one message with its `request` number.
 */
export type TelegramCommand = { readonly request: number } & (
  | { readonly type: 'say'; readonly token: string; readonly messages: readonly Say[] }
  | { readonly type: 'fault'; readonly faults: readonly Fault[] }
  | { readonly type: 'stats'; readonly token: string }
  /** Answered once the bot has called the method so often. */
  | {
      readonly type: 'wait'
      readonly token: string
      readonly method: string
      readonly calls: number
    }
  | { readonly type: 'reset' }
  | { readonly type: 'stop' }
)

export interface TelegramStats {
  readonly waiting: number
  readonly confirmed: number
  readonly sent: number
}

interface MainOptions {
  readonly bots: readonly BotOptions[]
  readonly port?: number
}

const options = JSON.parse(process.argv[2] ?? '{"bots":[]}') as MainOptions
let server = await createTelegramServer({ ...options, recordCalls: false })

process.on('message', (command: TelegramCommand) => {
  void run(command).then(
    (result) => process.send?.({ request: command.request, ...result }),
    (error: unknown) => process.send?.({ request: command.request, error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ type: 'ready', url: server.url, port: server.port })

async function run(command: TelegramCommand): Promise<object> {
  switch (command.type) {
    case 'say': {
      const bot = server.bot(command.token)
      return { ids: command.messages.map((message) => bot.say(message).message_id) }
    }
    case 'fault': {
      server.faults.add(...command.faults)
      return {}
    }
    case 'stats': {
      const bot = server.bot(command.token)
      return {
        waiting: bot.waiting().length,
        confirmed: bot.confirmed().length,
        sent: bot.countCalls('sendMessage'),
      } satisfies TelegramStats
    }
    case 'wait': {
      const bot = server.bot(command.token)
      await server.waitFor(() => bot.countCalls(command.method) >= command.calls, {
        timeoutMs: 600_000,
      })
      return {}
    }
    case 'reset': {
      const { port } = server
      await server.stop()
      server = await createTelegramServer({ ...options, port, recordCalls: false })
      return {}
    }
    case 'stop': {
      await server.stop()
      // Once the answer is on its way; nothing keeps the process then.
      setImmediate(() => process.disconnect())
      return {}
    }
  }
}
