// One gateway with the accounts of one channel, in a process of its own. It tells its parent what its import cost, when it
// is up, and for each message when the channel handed it over, when it was stored, and when its answer was committed.
import { createRequire } from 'node:module'
import { createDemoModel } from '@junctor/models'
import type { Channel } from '@junctor/channel'
import { parseConfig } from '@junctor/config'
import { createGateway } from '@junctor/gateway'
import type { AgentStore, Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'

export interface GatewayArgument {
  readonly name: string
  readonly accounts: Readonly<Record<string, object>>
  readonly server?: { readonly webSocketUrl: string; readonly mediaUrl: string }
  readonly stateDir: string
}

type Moment = 'up' | 'received' | 'stored' | 'committed'

/** Milliseconds since 1970, with fractions, comparable between processes of one machine. */
export type Note =
  | { readonly type: 'loaded'; readonly importMs: number; readonly importMb: number }
  | { readonly [Name in Moment]: { readonly type: Name; readonly at: number } }[Moment]
  | { readonly type: 'memory'; readonly mb: number }

const argument = JSON.parse(process.argv[2] ?? '{}') as GatewayArgument
const { name, accounts, server, stateDir } = argument

const note = (said: Note): void => void process.send?.(said)
const mark = (type: Moment): void => note({ type, at: performance.timeOrigin + performance.now() })

const before = residentMb()
const began = performance.now()
const channel = await loadChannel()
note({ type: 'loaded', importMs: performance.now() - began, importMb: residentMb() - before })

const parsed = parseConfig(
  JSON.stringify({
    agents: { list: [{ id: 'main', model: 'demo/junctor' }] },
    session: { dmScope: 'per-account-channel-peer' },
    channels: { web: { enabled: false }, [name]: { dmPolicy: 'open', accounts } },
  }),
  { home: stateDir, stateDir },
)
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const model = createDemoModel()
const gateway = createGateway({
  config: parsed.config,
  store: marking(openSqliteStore({ stateDir })),
  channels: { [name]: marked(channel) },
  models: { resolve: () => model },
})
await gateway.start()
mark('up')
process.on('message', () => note({ type: 'memory', mb: heapMb() }))
process.on('disconnect', () => process.exit())

async function loadChannel(): Promise<Channel> {
  switch (name) {
    case 'telegram':
      return (await import('@junctor/channel-telegram')).telegram()
    case 'discord':
      // As many new sessions at once as the bench has bots.
      return (await import('@junctor/channel-discord')).discord({ identifyIntervalMs: 5 })
    case 'slack':
      return (await import('@junctor/channel-slack')).slack()
    default: {
      const { whatsapp } = await import('@junctor/channel-whatsapp')
      // Its SDK is loaded when the first account opens.
      const { resolve } = createRequire(import.meta.resolve('@junctor/channel-whatsapp'))
      await import(resolve('@whiskeysockets/baileys'))
      return whatsapp(server === undefined ? {} : { server })
    }
  }
}

function residentMb(): number {
  globalThis.gc?.()
  return process.memoryUsage.rss() / 2 ** 20
}

/** What is in use after a collection: of a few accounts the resident memory tells nothing but noise. */
function heapMb(): number {
  globalThis.gc?.()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return (heapUsed + external + arrayBuffers) / 2 ** 20
}

function marked(real: Channel): Channel {
  return {
    ...real,
    open: (config, host) =>
      real.open(config, {
        ...host,
        receive(envelope) {
          if (!envelope.sender.isSelf) mark('received')
          return host.receive(envelope)
        },
      }),
  }
}

function marking(store: Store): Store {
  const wrapped = new Map<string, AgentStore>()
  const wrap = (agent: AgentStore): AgentStore => ({
    ...agent,
    async accept(...args) {
      const accepted = await agent.accept(...args)
      mark('stored')
      return accepted
    },
    async commit(...args) {
      const committed = await agent.commit(...args)
      mark('committed')
      return committed
    },
  })
  return {
    ...store,
    agent(id) {
      const known = wrapped.get(id) ?? wrap(store.agent(id))
      wrapped.set(id, known)
      return known
    },
  }
}
