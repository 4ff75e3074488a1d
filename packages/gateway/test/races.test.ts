import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Model } from '@junctor/agent'
import type { Channel } from '@junctor/channel'
import { parseConfig, type Config } from '@junctor/config'
import {
  createGateway,
  type Gateway,
  type GatewayOptions,
  type GatewayStatus,
} from '@junctor/gateway'
import type { Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createSimChannel, type Sim } from '@junctor/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let stateDir: string
let closers: (() => Promise<unknown>)[]

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'junctor-races-'))
  closers = []
})
afterEach(async () => {
  for (const close of closers) await close()
  await rm(stateDir, { recursive: true, force: true })
})

function configOf(accounts: object, agent: object = {}): Config {
  const text = JSON.stringify({
    agents: { list: [{ id: 'home', model: 'anthropic/old', ...agent }] },
    session: { dmScope: 'per-channel-peer' },
    channels: { telegram: { dmPolicy: 'open', accounts }, web: { enabled: false } },
  })
  const result = parseConfig(text, { home: stateDir, stateDir })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.config
}

interface Opened {
  readonly gateway: Gateway
  readonly store: Store
}

function open(options: Partial<GatewayOptions> & Pick<GatewayOptions, 'config'>): Opened {
  const store = openSqliteStore({ stateDir })
  const gateway = createGateway({
    store,
    channels: {},
    models: { resolve: (id) => echo(id) },
    ...options,
  })
  closers.push(
    () => gateway.stop({ graceMs: 100 }),
    () => store.close(),
  )
  return { gateway, store }
}

/** Repeats what it was told, in two pieces with a wait between them. */
function echo(
  id = 'anthropic/old',
  wait: () => Promise<void> | undefined = () => undefined,
): Model {
  return {
    spec: 'model-v1',
    id,
    async *stream({ messages }) {
      const part = messages.at(-1)?.parts[0]
      yield { type: 'text', text: 'echo ' }
      const waiting = wait()
      if (waiting !== undefined) await waiting
      yield { type: 'text', text: part?.type === 'text' ? part.text : '' }
      yield { type: 'done', stopReason: 'end', usage: { inputTokens: 1, outputTokens: 1 } }
    },
  }
}

const textsOf = (sim: Sim): readonly string[] =>
  sim
    .messages('alice')
    .filter(({ fromSelf }) => fromSelf)
    .map(({ text }) => text)

describe('drafts', () => {
  it('do not overtake an earlier answer that waits for another try', async () => {
    const sim = createSimChannel({ id: 'telegram' })
    const { promise: putOff, resolve: notePutOff } = Promise.withResolvers<void>()
    const { gateway } = open({
      config: configOf({ default: { botToken: '1:first-token-of-a-bot' } }),
      channels: { telegram: sim.channel },
      // Only the second answer is slow enough for a draft.
      models: {
        resolve: (id) => echo(id, () => (sim.countCalls('send') > 0 ? pause(100) : undefined)),
      },
      log: { debug() {}, info() {}, error() {}, warn: () => notePutOff() },
    })
    let turns = 0
    gateway.events.on('turn:ended', () => void (turns += 1))
    await gateway.start()
    sim.faults.add({ on: 'send', kind: 'rate-limit', retryAfterMs: 60_000, times: 1 })
    sim.say({ text: 'one', accountId: 'default' })
    await putOff
    await pause(20)
    sim.say({ text: 'two', accountId: 'default' })
    await expect.poll(() => turns).toBe(2)
    expect(textsOf(sim)).toEqual([])
  })
})

describe('leases', () => {
  it('of any length let answers out', async () => {
    const sim = createSimChannel({ id: 'telegram' })
    const { gateway } = open({
      config: configOf({ default: { botToken: '1:first-token-of-a-bot' } }),
      channels: { telegram: sim.channel },
      leaseMs: 45_000,
    })
    await gateway.start()
    sim.say({ text: 'one', accountId: 'default' })
    await sim.waitFor(() => textsOf(sim).length === 1)
  })
})

describe('a reload', () => {
  it('while the gateway stops opens no account that nobody closes', async () => {
    const opened: string[] = []
    const closed: string[] = []
    const slow = Promise.withResolvers<void>()
    const base = createSimChannel({ id: 'telegram' }).channel
    const channel: Channel = {
      ...base,
      async open(_config, host) {
        opened.push(host.accountId)
        return {
          send: () => Promise.reject(new Error('unused')),
          async close() {
            if (host.accountId === 'red') await slow.promise
            closed.push(host.accountId)
          },
        }
      },
    }
    const { gateway } = open({
      config: configOf({ red: { botToken: '1:first-token-of-a-bot' } }),
      channels: { telegram: channel },
    })
    await gateway.start()
    const reloading = gateway
      .reload(configOf({ blue: { botToken: '2:first-token-of-a-bot' } }))
      .catch(() => undefined)
    await pause(20)
    const stopping = gateway.stop()
    await pause(20)
    slow.resolve()
    await Promise.all([reloading, stopping])
    expect(closed.toSorted()).toEqual(opened.toSorted())
  })

  it('that comes while another one runs takes its turn', async () => {
    const sim = createSimChannel({ id: 'telegram' })
    const { gateway } = open({
      config: configOf({ red: { botToken: '1:first-token-of-a-bot' } }),
      channels: { telegram: sim.channel },
    })
    await gateway.start()
    await Promise.all([
      gateway.reload(configOf({ blue: { botToken: '2:first-token-of-a-bot' } })),
      gateway.reload(configOf({ green: { botToken: '3:first-token-of-a-bot' } })),
    ])
    const { channels } = await gateway.status()
    expect(onlineOf(channels)).toEqual(['green'])
  })

  it('that drops an account which is still being opened closes what comes of it', async () => {
    const late = Promise.withResolvers<void>()
    let isClosed = false
    const base = createSimChannel({ id: 'telegram' }).channel
    const { gateway } = open({
      config: configOf({ red: { botToken: '1:first-token-of-a-bot' } }),
      channels: {
        telegram: {
          ...base,
          async open() {
            await late.promise
            return {
              send: () => Promise.reject(new Error('unused')),
              async close() {
                isClosed = true
              },
            }
          },
        },
      },
    })
    await gateway.start()
    await gateway.reload(configOf({}))
    late.resolve()
    await pause(20)
    expect(onlineOf((await gateway.status()).channels)).toEqual([])
    expect(isClosed).toBe(true)
  }, 20_000)
})

describe('an answer', () => {
  it('is tried again even if the channel never settles the first send', async () => {
    let sends = 0
    const base = createSimChannel({ id: 'telegram', capabilities: { edit: false } })
    const { gateway } = open({
      config: configOf({ default: { botToken: '1:first-token-of-a-bot' } }),
      leaseMs: 600,
      sweepIntervalMs: 100,
      channels: {
        telegram: {
          ...base.channel,
          async open(config, host) {
            const connection = await base.channel.open(config as never, host)
            return {
              ...connection,
              send: (...given) => {
                sends += 1
                return sends === 1 ? new Promise(() => {}) : connection.send(...given)
              },
            }
          },
        },
      },
    })
    await gateway.start()
    base.say({ text: 'one', accountId: 'default' })
    await base.waitFor(() => textsOf(base).length === 1, { timeoutMs: 5_000 })
  }, 10_000)
})

function onlineOf(channels: GatewayStatus['channels']): readonly string[] {
  return channels.filter(({ state }) => state === 'online').map(({ accountId }) => accountId)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
