import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ModelError, type Model, type Tool } from '@junctor/agent'
import { parseConfig, type Config, type QueueMode } from '@junctor/config'
import { createGateway, type Gateway } from '@junctor/gateway'
import type { AgentStore, Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createSimChannel } from '@junctor/testkit'
import { describe, expect, it } from 'vitest'

const MODES: readonly QueueMode[] = ['queue', 'collect', 'steer', 'interrupt']
const PEOPLE = ['alice', 'bob', 'carol']
const MESSAGES = 60
const MOST_TURNS = 2

describe('messages that arrive at random, under modes that change, with a store and a model that fail', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'are each consumed by one committed turn, in the order of acceptance (seed %i)',
    async (seed) => {
      const walk = await startWalk(seed)
      try {
        for (let n = 0; n < MESSAGES; n += 1) await walk.step(n)
        await walk.calm()
        await walk.compare()
      } finally {
        await walk.end()
      }
    },
    120_000,
  )
})

interface Walk {
  step(n: number): Promise<void>
  /** Nothing fails any more: resolves when nothing waits. */
  calm(): Promise<void>
  compare(): Promise<void>
  end(): Promise<void>
}

async function startWalk(seed: number): Promise<Walk> {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-walk-'))
  const random = createRandom(seed)
  const pick = <Item>(items: readonly Item[]): Item =>
    items[Math.floor(random() * items.length)] ?? (items[0] as Item)
  const sim = createSimChannel({ id: 'telegram' })
  const store = openSqliteStore({ stateDir })
  /** What the model of the test knows: ids by session, in the order in which they were stored. */
  const accepted = new Map<string, string[]>()
  let isCalm = false
  let mode: QueueMode = 'queue'
  let turns = 0
  let most = 0
  let commands = 0

  const fails = (share: number): boolean => !isCalm && random() < share
  const failing = failingStore(store, () => fails(0.04), accepted)
  const model: Model = {
    spec: 'model-v1',
    id: 'anthropic/test',
    async *stream(_request, { signal }) {
      turns += 1
      most = Math.max(most, turns)
      try {
        await pause(random() * 8, signal)
        if (fails(0.05)) {
          const code = pick(['RATE_LIMITED', 'INVALID_REQUEST'] as const)
          throw new ModelError('test', code, 'a random failure', { retryAfterMs: 1 })
        }
        if (!isCalm && random() < 0.4)
          yield { type: 'tool-call', callId: `call_${random()}`, name: 'look', input: {} }
        else yield { type: 'text', text: 'done' }
        yield { type: 'done', stopReason: 'end', usage: { inputTokens: 1, outputTokens: 1 } }
      } finally {
        turns -= 1
      }
    },
  }
  const look: Tool = {
    name: 'look',
    description: 'Looks.',
    inputSchema: { type: 'object' },
    async run() {
      await pause(random() * 8)
      return 'seen'
    },
  }
  const configOf = (): Config => {
    const text = JSON.stringify({
      agents: {
        list: [{ id: 'home', model: 'anthropic/test', limits: { maxConcurrentTurns: MOST_TURNS } }],
      },
      session: { dmScope: 'per-channel-peer' },
      channels: {
        telegram: { dmPolicy: 'open', allowFrom: ['*'], botToken: '1:first-token-of-a-bot' },
        web: { enabled: false },
      },
      messages: { queue: { mode, debounceMs: 5, cap: 1_000 } },
    })
    const result = parseConfig(text, { home: stateDir, stateDir })
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    return result.config
  }
  const openGateway = (): Gateway =>
    createGateway({
      config: configOf(),
      store: failing,
      channels: { telegram: sim.channel },
      models: { resolve: () => model },
      tools: [look],
      leaseMs: 300,
      sweepIntervalMs: 50,
    })
  let gateway = openGateway()
  await gateway.start()

  return {
    async step(n) {
      sim.say({ text: `message ${n}`, peer: { kind: 'dm', id: pick(PEOPLE) } })
      if (random() < 0.15) {
        mode = pick(MODES)
        await gateway.reload(configOf())
      }
      if (random() < 0.1) {
        // A session may go its own way.
        const text = `/queue ${pick([...MODES, 'default'])}`
        sim.say({ text, peer: { kind: 'dm', id: pick(PEOPLE) } })
        commands += 1
      }
      if (random() < 0.03) {
        await gateway.stop({ graceMs: 1 })
        gateway = openGateway()
        await gateway.start()
      }
      await pause(random() * 12)
    },
    async calm() {
      isCalm = true
      const said = MESSAGES + commands
      await sim.waitFor(() => sim.acknowledged().length >= said, { timeoutMs: 30_000 })
      const unfinished = async (): Promise<number> => {
        const { inbox } = await store.agent('home').counts()
        return inbox.pending + inbox.claimed
      }
      await expect.poll(unfinished, { timeout: 60_000 }).toBe(0)
    },
    async compare() {
      expect([...accepted.values()].flat()).toHaveLength(MESSAGES)
      const agent = store.agent('home')
      for (const [sessionKey, ids] of accepted) {
        for (const id of ids) {
          const [story] = await agent.find(id)
          expect(['done', 'dead']).toContain(story?.message.state)
          expect(story?.turns).toHaveLength(1)
        }
        const transcript = await agent.transcript(sessionKey, { limit: 10_000 })
        const read = transcript.flatMap(({ messageId }) =>
          messageId === undefined ? [] : messageId,
        )
        expect(read).toEqual(ids)
      }
      expect(most).toBeLessThanOrEqual(MOST_TURNS)
    },
    async end() {
      await gateway.stop({ graceMs: 1 })
      await store.close()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

/** The same store, whose lane writes fail at random: before they have an effect, or after it. */
function failingStore(store: Store, fails: () => boolean, accepted: Map<string, string[]>): Store {
  const perhaps = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (fails()) throw new Error('a random fault before the write')
    const result = await work()
    if (fails()) throw new Error('a random fault after the write')
    return result
  }
  const wrap = (agent: AgentStore): AgentStore => ({
    ...agent,
    accept: (message, overflow) =>
      perhaps(async () => {
        const receipt = await agent.accept(message, overflow)
        const { sessionKey } = message
        if (receipt.status === 'accepted')
          accepted.set(sessionKey, [...(accepted.get(sessionKey) ?? []), receipt.id])
        return receipt
      }),
    answer: (message, decide) => perhaps(() => agent.answer(message, decide)),
    claim: (options) => perhaps(() => agent.claim(options)),
    extend: (lease, options) => perhaps(() => agent.extend(lease, options)),
    commit: (lease, commit) => perhaps(() => agent.commit(lease, commit)),
    release: (lease, options) => perhaps(() => agent.release(lease, options)),
  })
  const wrapped = new Map<string, AgentStore>()
  return {
    ...store,
    agent(id) {
      const known = wrapped.get(id) ?? wrap(store.agent(id))
      wrapped.set(id, known)
      return known
    },
  }
}

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal })
}
