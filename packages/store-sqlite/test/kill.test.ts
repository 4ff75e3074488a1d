import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import type { AgentStore } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startWorker } from './child.ts'
import { makeStateDir, type StateDir } from './state-dir.ts'

let stateDir: StateDir
beforeEach(() => {
  stateDir = makeStateDir()
})
afterEach(() => stateDir.remove())

function named(facts: readonly string[], verb: string): readonly string[] {
  return facts
    .filter((fact) => fact.startsWith(`${verb} `))
    .map((fact) => fact.slice(verb.length + 1))
}

async function finishEverything(agent: AgentStore): Promise<void> {
  for (const { id } of await agent.recoverDeliveries({ resend: false }))
    await agent.settleDelivery(id, { state: 'unknown', error: 'lost' })
  for (let n = 0; ; n += 1) {
    const work = await agent.claim({ owner: 'parent', leaseMs: 60_000, limit: 10 })
    if (work === undefined) return
    await agent.commit(work.lease, {
      turn: {
        id: `parent-${n}`,
        startedAt: 1,
        endedAt: 2,
        outcome: 'answered',
        model: 'test',
        inputTokens: 1,
        outputTokens: 1,
        trace: null,
      },
      transcript: work.messages.map(({ id }) => ({ role: 'user', parts: [id], messageId: id })),
      deliveries: [],
      outcome: { state: 'done' },
    })
  }
}

describe('a process killed with SIGKILL at any point', () => {
  it(
    'loses nothing that it accepted, committed or sent, and doubles nothing',
    { timeout: 120_000 },
    async () => {
      const facts: string[] = []
      for (let run = 0; run < 8; run += 1) {
        const worker = startWorker(stateDir.path, 'work', String(run))
        await worker.said(20 + run * 37)
        await worker.kill()
        facts.push(...worker.facts)
      }
      const store = openSqliteStore({ stateDir: stateDir.path })
      const agent = store.agent('atlas')
      const lost = await agent.recoverDeliveries({ resend: false })
      const mayBeLost = new Set(named(facts, 'sending'))
      for (const { id } of lost) expect(named(facts, 'sent')).not.toContain(id)
      expect(lost.length).toBeLessThanOrEqual(2)
      expect(mayBeLost.size).toBeGreaterThan(0)

      await finishEverything(agent)
      const done = await Promise.all(
        (await agent.sessions()).map(({ sessionKey }) =>
          agent.transcript(sessionKey, { limit: 100_000 }),
        ),
      )
      const answered = done.flat().map(({ messageId }) => messageId)
      expect(new Set(answered).size, 'no message is answered twice').toBe(answered.length)
      expect(answered).toEqual(expect.arrayContaining([...named(facts, 'accepted')]))
      for (const id of named(facts, 'committed').slice(-20)) {
        const [story] = await agent.find(id)
        expect(story?.message).toMatchObject({ id, state: 'done' })
        expect(story?.deliveries.filter((delivery) => delivery.messageId === id)).toHaveLength(1)
      }
      for (const id of named(facts, 'sent').slice(-20)) {
        const [story] = await agent.find(id)
        expect(story?.deliveries.find((delivery) => delivery.id === id)?.state).toBe('sent')
      }
      const { inbox } = await agent.counts()
      expect(inbox).toEqual({ pending: 0, claimed: 0, done: answered.length, dead: 0 })
      await store.close()
      const database = new DatabaseSync(
        join(stateDir.path, 'agents/atlas/sessions/sessions.sqlite'),
      )
      expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      database.close()
    },
  )

  it('leaves lanes, deliveries and account leases that the next process may take at once', async () => {
    const worker = startWorker(stateDir.path, 'stop midway')
    await worker.said(1)
    await worker.kill()

    const store = openSqliteStore({ stateDir: stateDir.path })
    const agent = store.agent('atlas')
    expect(await agent.dueLanes({ limit: 10 })).toEqual(['m2'])
    const work = await agent.claim({ owner: 'next', leaseMs: 60_000, limit: 1 })
    expect(work?.messages).toMatchObject([{ id: 'm2', attempt: 2 }])
    expect(work?.lease.token).toBeGreaterThan(Number(named(worker.facts, 'running')[0]))
    expect(await agent.recoverDeliveries({ resend: false })).toMatchObject([
      { id: 'd1', state: 'unknown', attempts: 1 },
    ])
    const lease = await store.gateway.leases.acquire('test:main', { owner: 'next', ttlMs: 60_000 })
    expect(lease?.token).toBe(2)
    await store.close()
  })
})
