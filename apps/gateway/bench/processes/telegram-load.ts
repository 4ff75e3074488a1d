import { createTelegramServer } from '@junctor/testkit/telegram'
import type { Load, LoadOrder, LoadReport } from './load-messages.ts'

// To be forked: a Telegram server and the people who write to its bots. Times are taken in here, from the moment somebody
// writes to the moment the answer's `sendMessage` arrives.

const { tokens } = JSON.parse(process.argv[2] ?? '{}') as { readonly tokens: readonly string[] }
const server = await createTelegramServer({
  bots: tokens.map((token, index) => ({ token, username: `bench_${index}_bot` })),
})

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (load) => report({ type: 'done', ...load }),
    (error: unknown) => report({ type: 'failed', error: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
report({ type: 'ready', url: server.url })

async function run({ token, chats, firstChat, durationMs }: LoadOrder): Promise<Load> {
  const bot = server.bot(token)
  const begunAt = performance.now()
  const askedAt = new Map<number, number>()
  const latencies: number[] = []
  let seen = bot.calls.length

  const ask = (chat: number): void => {
    askedAt.set(chat, performance.now())
    bot.say({ chat, text: 'How is the weather in the north today?' })
  }

  const takeCalls = (): void => {
    while (seen < bot.calls.length) {
      const call = bot.calls[seen]
      seen += 1
      if (call?.method !== 'sendMessage') continue
      const chat = Number(call.params['chat_id'])
      const asked = askedAt.get(chat)
      if (asked === undefined) throw new Error(`Chat ${chat} was answered twice`)
      askedAt.delete(chat)
      latencies.push(performance.now() - asked)
      if (performance.now() - begunAt < durationMs) ask(chat)
    }
  }

  for (let index = 0; index < chats; index += 1) ask(firstChat + index)
  await server.waitFor(
    () => {
      takeCalls()
      return askedAt.size === 0
    },
    { timeoutMs: durationMs + 60_000 },
  )
  const seconds = (performance.now() - begunAt) / 1000
  latencies.sort((one, other) => one - other)
  return {
    answered: latencies.length,
    perSecond: latencies.length / seconds,
    p50Ms: quantile(latencies, 0.5),
    p95Ms: quantile(latencies, 0.95),
  }
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

function report(message: LoadReport): void {
  process.send?.(message)
}
