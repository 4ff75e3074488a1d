import assert from 'node:assert/strict'
import type { Runner } from './runner.ts'
import { dm, message, reference, turn } from './samples.ts'

export function keptCases({ group, test }: Runner): void {
  group('kept messages', () => {
    const bodies = (kept: readonly { readonly body: unknown }[]): readonly unknown[] =>
      kept.map(({ body }) => body)

    test('wait for a turn in their order, without a session or a lane', async ({
      agent,
      clock,
    }) => {
      assert.deepEqual(await agent.kept('room'), [])
      for (const id of ['k1', 'k2']) {
        const options = { limit: 5 }
        assert.equal(
          await agent.keep(message(id, { sessionKey: 'room', body: id }), options),
          'kept',
        )
        clock.advance(10)
      }
      await agent.keep(message('k3', { sessionKey: 'other', body: 'k3' }), { limit: 5 })
      const kept = await agent.kept('room')
      assert.deepEqual(bodies(kept), ['k1', 'k2'])
      assert.equal((kept[1]?.keptAt ?? 0) - (kept[0]?.keptAt ?? 0), 10)
      assert((kept[1]?.seq ?? 0) > (kept[0]?.seq ?? 0))
      assert.equal(kept[0]?.id, 'k1')
      assert.deepEqual(kept[0]?.reference, message('k1').reference)
      assert.deepEqual(await agent.sessions(), [])
      assert.deepEqual(await agent.dueLanes({ limit: 5 }), [])
      assert.deepEqual(await agent.find('k1'), [])
    })

    test('are bounded for each session', async ({ agent }) => {
      for (let n = 1; n <= 9; n += 1)
        await agent.keep(message(`k${n}`, { sessionKey: 'room', body: n }), { limit: 3 })
      await agent.keep(message('other', { sessionKey: 'other', body: 'other' }), { limit: 3 })
      assert.deepEqual(bodies(await agent.kept('room')), [7, 8, 9])
      await agent.keep(message('k10', { sessionKey: 'room' }), { limit: 0 })
      assert.deepEqual(await agent.kept('room'), [])
      assert.deepEqual(bodies(await agent.kept('other')), ['other'])
    })

    test('are recognised again, also when they were accepted before', async ({ agent }) => {
      const options = { limit: 5 }
      const first = message('k1', { sessionKey: 'room' })
      assert.equal(await agent.keep(first, options), 'kept')
      assert.equal(await agent.keep({ ...first, id: 'again' }, options), 'duplicate')
      await agent.accept(message('m1', { sessionKey: 'room' }))
      assert.equal(await agent.keep(message('m1', { sessionKey: 'room' }), options), 'duplicate')
      const elsewhere = reference('native-k1', { ...dm(), accountId: 'other' })
      assert.equal(await agent.keep({ ...first, reference: elsewhere }, options), 'kept')
      assert.equal((await agent.kept('room')).length, 2)
    })

    test('go with the turn that was told of them, and with no other', async ({ agent }) => {
      const options = { limit: 5 }
      for (const id of ['k1', 'k2'])
        await agent.keep(message(id, { sessionKey: 'room', body: id }), options)
      await agent.accept(message('m1', { sessionKey: 'room' }))
      const claim = { owner: 'a', leaseMs: 1_000, limit: 1 }
      const lost = await agent.claim(claim)
      assert(lost)
      await agent.release(lost.lease, { retryAt: 0, reason: 'later' })
      assert.equal((await agent.kept('room')).length, 2)
      const work = await agent.claim(claim)
      assert(work)
      const told = await agent.kept('room')
      await agent.keep(message('k3', { sessionKey: 'room', body: 'k3' }), options)
      await assert.rejects(agent.commit(lost.lease, { ...turn('t1'), kept: 99 }))
      assert.equal((await agent.kept('room')).length, 3)
      await agent.commit(work.lease, { ...turn('t2'), kept: told.at(-1)?.seq ?? 0 })
      assert.deepEqual(bodies(await agent.kept('room')), ['k3'])
    })

    test('change and vanish with what their senders do', async ({ agent }) => {
      const options = { limit: 5 }
      for (const id of ['k1', 'k2'])
        await agent.keep(message(id, { sessionKey: 'room', body: id }), options)
      assert.equal(await agent.amend(message('k1').reference, { body: 'edited' }), 'amended')
      assert.equal(await agent.amend(message('k2').reference, { withdrawn: 'deleted' }), 'amended')
      assert.equal(await agent.amend(message('k2').reference, { body: 'too late' }), 'unknown')
      assert.deepEqual(bodies(await agent.kept('room')), ['edited'])
    })

    test('are removed with their session, and survive a restart', async ({ agent, reopen }) => {
      await agent.keep(message('k1', { sessionKey: 'room', body: 1 }), { limit: 5 })
      await agent.keep(message('k2', { sessionKey: 'other', body: 2 }), { limit: 5 })
      assert.equal((await agent.removeSession('room')).messages, 1)
      assert.deepEqual(await agent.kept('room'), [])
      if (reopen === undefined) return
      const again = (await reopen()).agent(agent.agentId)
      assert.deepEqual(bodies(await again.kept('other')), [2])
    })
  })
}
