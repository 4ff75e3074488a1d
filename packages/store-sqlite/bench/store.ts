import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '@junctor/store-sqlite'
import type { AgentStore, NewMessage } from '@junctor/store'

// Operations per second on one agent, one caller, over 2,000 lanes, on an empty and on a grown store.
// Usage: node bench/store.ts [rows already done]

const ROUNDS = 5_000
const LANES = 2_000
const owner = 'bench'
const leaseMs = 30_000

function message(n: number): NewMessage {
  const id = `u${n % LANES}`
  return {
    id: `msg_${n}`,
    reference: {
      channel: 'bench',
      accountId: 'main',
      peer: { kind: 'dm', id },
      nativeId: `native-${n}`,
    },
    sessionKey: `agent:bench:dm:${id}`,
    body: {
      type: 'message',
      text: 'How is the weather in the north today? '.repeat(5),
      sender: { id },
    },
    trace: { admission: { rule: 'allowFrom' }, route: { tier: 'default', binding: null } },
  }
}

async function answer(agent: AgentStore): Promise<void> {
  const work = await agent.claim({ owner, leaseMs, limit: 1 })
  const first = work?.messages[0]
  if (work === undefined || first === undefined) throw new Error('nothing to claim')
  const { id } = first
  await agent.commit(work.lease, {
    turn: {
      id: `turn_${id}`,
      startedAt: 1,
      endedAt: 2,
      outcome: 'answered',
      model: 'bench/model',
      inputTokens: 10,
      outputTokens: 10,
      trace: { tools: [] },
    },
    transcript: [
      { role: 'user', parts: [{ type: 'text', text: 'How is the weather?' }], messageId: id },
      { role: 'assistant', parts: [{ type: 'text', text: 'Cold. '.repeat(30) }] },
    ],
    deliveries: [
      {
        id: `del_${id}`,
        address: first.reference,
        body: { text: 'Cold. '.repeat(30) },
        messageId: id,
      },
    ],
    outcome: { state: 'done' },
  })
}

async function deliver(agent: AgentStore, limit: number): Promise<number> {
  const claimed = await agent.claimDeliveries({ owner, leaseMs, limit })
  for (const { id } of claimed)
    await agent.settleDelivery(id, { state: 'sent', nativeId: `sent-${id}`, sentAt: 3 })
  return claimed.length
}

async function measure(name: string, count: number, work: () => Promise<void>): Promise<void> {
  const begin = performance.now()
  await work()
  const elapsedMs = performance.now() - begin
  const each = ((elapsedMs / count) * 1_000).toFixed(0)
  const rate = Math.round(count / (elapsedMs / 1_000)).toLocaleString('en')
  console.log(`${name.padEnd(34)} ${each.padStart(6)} µs ${rate.padStart(10)} per second`)
}

async function round(agent: AgentStore, from: number): Promise<void> {
  await measure('accept', ROUNDS, async () => {
    for (let n = from; n < from + ROUNDS; n += 1) await agent.accept(message(n))
  })
  await measure('accept a duplicate', ROUNDS, async () => {
    for (let n = from; n < from + ROUNDS; n += 1) await agent.accept(message(n))
  })
  await measure('claim + commit', ROUNDS, async () => {
    for (let n = 0; n < ROUNDS; n += 1) await answer(agent)
  })
  await measure('claim + settle a delivery', ROUNDS, async () => {
    for (let left = ROUNDS; left > 0;) left -= await deliver(agent, 1)
  })
  await measure('claim with nothing to do', ROUNDS, async () => {
    for (let n = 0; n < ROUNDS; n += 1) await agent.claim({ owner, leaseMs, limit: 1 })
  })
  await measure('counts', 20, async () => {
    for (let n = 0; n < 20; n += 1) await agent.counts()
  })
}

const stateDir = mkdtempSync(join(tmpdir(), 'junctor-bench-'))
const grown = Number(process.argv[2] ?? 200_000)
try {
  for (const durability of ['process', 'power-loss'] as const) {
    const directory = join(stateDir, durability)
    let begin = performance.now()
    let store = openSqliteStore({ stateDir: directory, durability })
    const agent = store.agent('bench')
    await agent.accept(message(-1))
    console.log(
      `\n${durability}: open and first write ${(performance.now() - begin).toFixed(1)} ms`,
    )
    await answer(agent)
    await deliver(agent, 1)
    await round(agent, 0)
    if (durability === 'process') {
      for (let n = ROUNDS; n < grown; n += 1) {
        await agent.accept(message(n))
        await answer(agent)
        await deliver(agent, 1)
      }
      console.log(`\n${durability}, ${grown.toLocaleString('en')} rows done`)
      await round(agent, grown)
      await store.close()
      begin = performance.now()
      store = openSqliteStore({ stateDir: directory, durability })
      await store.agent('bench').counts()
      console.log(`open again and count ${(performance.now() - begin).toFixed(1)} ms`)
    }
    await store.close()
  }
} finally {
  rmSync(stateDir, { recursive: true, force: true })
}
