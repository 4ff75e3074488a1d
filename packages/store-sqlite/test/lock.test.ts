import { existsSync } from 'node:fs'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startWorker } from './child.ts'
import { makeStateDir, type StateDir } from './state-dir.ts'

let stateDir: StateDir
beforeEach(() => {
  stateDir = makeStateDir()
})
afterEach(() => stateDir.remove())

describe('an exclusive store', () => {
  it('is refused while another process has one, by its id, and given once that was killed', async () => {
    const worker = startWorker(stateDir.path, 'hold')
    await worker.said(1)
    const refused = expect.objectContaining({
      code: 'LOCKED',
      message: `Process ${worker.pid} runs a gateway on ${stateDir.path}, or changes its state. Stop it, or give this one another state directory.`,
    })
    expect(() => openSqliteStore({ stateDir: stateDir.path })).toThrow(refused)
    expect(() => openSqliteStore({ stateDir: stateDir.path })).toThrow(refused)
    await worker.kill()
    const store = openSqliteStore({ stateDir: stateDir.path })
    await store.close()
  })

  it('is refused twice in one process, without loosening the first one', async () => {
    const store = openSqliteStore({ stateDir: stateDir.path })
    for (let n = 0; n < 2; n += 1)
      expect(() => openSqliteStore({ stateDir: stateDir.path })).toThrow(
        expect.objectContaining({ code: 'LOCKED' }),
      )
    const worker = startWorker(stateDir.path, 'hold')
    await expect(worker.said(1)).rejects.toThrow(/Process \d+ runs a gateway/)
    await store.close()
    const next = openSqliteStore({ stateDir: stateDir.path })
    await next.close()
  })

  it('opens no database before it is used', async () => {
    const store = openSqliteStore({ stateDir: stateDir.path })
    store.agent('atlas')
    expect(await store.agents()).toEqual([])
    expect(existsSync(`${stateDir.path}/agents`)).toBe(false)
    expect(existsSync(`${stateDir.path}/gateway.sqlite`)).toBe(false)
    await store.close()
  })
})

describe('a read-only store', () => {
  it('reads beside the gateway what was committed before each call', async () => {
    const writer = openSqliteStore({ stateDir: stateDir.path })
    const reader = openSqliteStore({ stateDir: stateDir.path, mode: 'read-only' })
    expect(await reader.agents()).toEqual([])
    expect((await reader.agent('atlas').counts()).sessions).toBe(0)
    const message = (id: string) => ({
      id,
      reference: {
        channel: 'test',
        accountId: 'main',
        peer: { kind: 'dm', id: 'a' },
        nativeId: id,
      } as const,
      sessionKey: 'lane',
      body: id,
      trace: null,
    })
    for (const id of ['m1', 'm2']) {
      await writer.agent('atlas').accept(message(id))
      expect((await reader.agent('atlas').find(id))[0]?.message.body).toBe(id)
    }
    expect(await reader.agents()).toEqual(['atlas'])
    await writer.close()
    await reader.close()
    const after = openSqliteStore({ stateDir: stateDir.path, mode: 'read-only' })
    expect((await after.agent('atlas').counts()).inbox.pending).toBe(2)
    await after.close()
  })

  it('rejects every write and creates nothing', async () => {
    const path = `${stateDir.path}/never-made`
    const store = openSqliteStore({ stateDir: path, mode: 'read-only' })
    const agent = store.agent('atlas')
    const lease = { sessionKey: 'lane', token: 1, until: 1 }
    const address = { channel: 'test', accountId: 'main', peer: { kind: 'dm', id: 'a' } } as const
    const reference = { ...address, nativeId: '1' }
    const claims = { owner: 'me', leaseMs: 1, limit: 1 }
    const turn = {
      id: 't',
      startedAt: 1,
      endedAt: 1,
      outcome: 'silent',
      model: 'm',
      inputTokens: 0,
      outputTokens: 0,
      trace: null,
    } as const
    const writes: readonly (() => Promise<unknown>)[] = [
      () => agent.accept({ id: 'm', reference, sessionKey: 'lane', body: 1, trace: 1 }),
      () => agent.amend(reference, { withdrawn: 'x' }),
      () => agent.claim(claims),
      () => agent.renew(lease, 1),
      () => agent.journal(lease, { callId: 'c', name: 'n', input: 1 }),
      () => agent.draft(lease, { address }),
      () =>
        agent.commit(lease, { turn, transcript: [], deliveries: [], outcome: { state: 'done' } }),
      () => agent.release(lease, { retryAt: 0, reason: 'x' }),
      () => agent.claimDeliveries(claims),
      () => agent.settleDelivery('d', { state: 'failed', error: 'x' }),
      () => agent.recoverDeliveries({ resend: false }),
      () => agent.removeSession('lane'),
      () => agent.table('t').put('k', 1),
      () => agent.table('t').remove('k'),
      () => store.removeAgent('atlas'),
      () => store.gateway.refuse({ id: 'r', reference, at: 1, reason: 'x', trace: 1 }),
      () => store.gateway.leases.acquire('a', { owner: 'me', ttlMs: 1 }),
      () => store.gateway.leases.release('a', { owner: 'me' }),
      () => store.gateway.table('t').put('k', 1),
    ]
    for (const write of writes)
      await expect(write(), String(write)).rejects.toMatchObject({
        code: 'READ_ONLY',
        name: 'StoreError',
      })
    expect(await agent.find('m')).toEqual([])
    expect(await agent.dueLanes({ limit: 1 })).toEqual([])
    expect(await store.gateway.countRefusals()).toBe(0)
    expect(await store.agents()).toEqual([])
    await store.close()
    expect(existsSync(path)).toBe(false)
  })
})
