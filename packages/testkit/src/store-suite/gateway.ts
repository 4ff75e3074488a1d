import assert from 'node:assert/strict'
import type { Refusal } from '@junctor/store'
import { dm, reference } from './samples.ts'
import type { Runner } from './runner.ts'

function refusal(id: string, given: Partial<Refusal> = {}): Refusal {
  return {
    id,
    reference: reference(`native-${id}`),
    at: 1_000,
    reason: 'alice is not on the list',
    trace: { rule: 'allowFrom' },
    ...given,
  }
}

export function gatewayCases({ group, test }: Runner): void {
  group('refusals', () => {
    test('are recorded once for each reference, whatever the thread', async ({ store }) => {
      const { gateway } = store
      assert.equal(await gateway.countRefusals(), 0)
      assert.deepEqual(await gateway.findRefusals('r1'), [])
      assert.equal(await gateway.refuse(refusal('r1')), 'recorded')
      const again = { ...reference('native-r1'), threadId: 'x' }
      assert.equal(await gateway.refuse(refusal('r2', { reference: again })), 'duplicate')
      const room = { ...dm(), peer: { kind: 'group', id: 'alice' } as const }
      const other = refusal('r3', { reference: reference('native-r1', room), at: 2_000 })
      assert.equal(await gateway.refuse(other), 'recorded')
      assert.equal(await gateway.countRefusals(), 2)
      assert.deepEqual(await gateway.findRefusals('r1'), [refusal('r1')])
      assert.deepEqual(await gateway.findRefusals('r2'), [])
      assert.deepEqual(await gateway.findRefusals('native-r1'), [other, refusal('r1')])
    })

    test('are kept up to a number for each peer and for all, and counted beyond', async ({
      store,
    }) => {
      const { gateway } = store
      const bounds = { keep: 5, keepPerPeer: 3 }
      const kept = async (ids: readonly string[]): Promise<readonly string[]> => {
        const found = await Promise.all(ids.map((id) => gateway.findRefusals(id)))
        return found.flat().map(({ id }) => id)
      }
      const quiet = { ...dm(), peer: { kind: 'dm', id: 'bob' } as const }
      for (const id of ['b1', 'b2'])
        await gateway.refuse(refusal(id, { reference: reference(id, quiet) }), bounds)
      const noisy = ['a1', 'a2', 'a3', 'a4', 'a5']
      for (const id of noisy) await gateway.refuse(refusal(id), bounds)
      assert.deepEqual(await kept([...noisy, 'b1', 'b2']), ['a3', 'a4', 'a5', 'b1', 'b2'])
      assert.equal(
        await gateway.refuse(refusal('again', { reference: reference('native-a5') }), bounds),
        'duplicate',
      )
      await gateway.refuse(
        refusal('c1', { reference: reference('c1', { ...dm(), accountId: 'other' }) }),
        bounds,
      )
      assert.deepEqual(await kept([...noisy, 'b1', 'b2', 'c1']), ['a3', 'a4', 'a5', 'b2', 'c1'])
      assert.equal(await gateway.countRefusals(), 8)
    })

    test('are recorded by one of many simultaneous callers', async ({ store }) => {
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.gateway.refuse(refusal(`r${n}`, { reference: reference('same') })),
        ),
      )
      assert.equal(outcomes.filter((outcome) => outcome === 'recorded').length, 1)
    })
  })

  group('leases', () => {
    const name = 'telegram:main'

    test('are held by one owner, who may acquire again under the same token', async ({
      store,
      clock,
    }) => {
      const { leases } = store.gateway
      const first = await leases.acquire(name, { owner: 'a', ttlMs: 100 })
      assert.equal(first?.until, clock.now() + 100)
      assert.equal(await leases.acquire(name, { owner: 'b', ttlMs: 100 }), undefined)
      clock.advance(50)
      const again = await leases.acquire(name, { owner: 'a', ttlMs: 100 })
      assert.deepEqual(again, { token: first?.token, until: clock.now() + 100 })
      assert(
        (await leases.acquire(name.toUpperCase(), { owner: 'b', ttlMs: 100 })) !== undefined,
        'another name is another lease',
      )
    })

    test('pass on at their end, with a greater token', async ({ store, clock }) => {
      const { leases } = store.gateway
      const first = await leases.acquire(name, { owner: 'a', ttlMs: 100 })
      clock.advance(99)
      assert.equal(await leases.acquire(name, { owner: 'b', ttlMs: 100 }), undefined)
      clock.advance(1)
      const next = await leases.acquire(name, { owner: 'b', ttlMs: 100 })
      assert((next?.token ?? 0) > (first?.token ?? 0))
      assert.equal(await leases.acquire(name, { owner: 'a', ttlMs: 100 }), undefined)
    })

    test('are released by their owner only, and the token goes on', async ({ store }) => {
      const { leases } = store.gateway
      const first = await leases.acquire(name, { owner: 'a', ttlMs: 100 })
      await leases.release(name, { owner: 'b' })
      assert.equal(await leases.acquire(name, { owner: 'b', ttlMs: 100 }), undefined)
      await leases.release(name, { owner: 'a' })
      const next = await leases.acquire(name, { owner: 'b', ttlMs: 100 })
      assert((next?.token ?? 0) > (first?.token ?? 0))
    })

    test('go to one of many simultaneous owners', async ({ store }) => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store.gateway.leases.acquire(name, { owner: `w${n}`, ttlMs: 100 }),
        ),
      )
      assert.equal(answers.filter((answer) => answer !== undefined).length, 1)
    })
  })
}
