import assert from 'node:assert/strict'
import { claim, idsOf, LEASE_MS, message, rejectsWith, tryClaim, turn } from './samples.ts'
import type { Runner } from './runner.ts'

export function laneCases({ group, test }: Runner): void {
  group('claim', () => {
    test('finds nothing in an empty store', async ({ agent }) => {
      assert.equal(await tryClaim(agent), undefined)
      assert.equal(await tryClaim(agent, { sessionKey: 'lane' }), undefined)
    })

    test('takes the oldest messages of a lane in order of acceptance, up to the limit', async ({
      agent,
      clock,
    }) => {
      for (const id of ['z', 'a', 'm', 'b']) await agent.accept(message(id))
      const work = await claim(agent, { limit: 3 })
      assert.deepEqual(idsOf(work), ['z', 'a', 'm'])
      assert.equal(work.lease.sessionKey, 'lane')
      assert.equal(work.lease.until, clock.now() + LEASE_MS)
      for (const each of work.messages) {
        assert.equal(each.state, 'claimed')
        assert.equal(each.attempt, 1)
      }
    })

    test('serves lanes by their oldest message', async ({ agent }) => {
      await agent.accept(message('m1', { sessionKey: 'z' }))
      await agent.accept(message('m2', { sessionKey: 'a' }))
      await agent.accept(message('m3', { sessionKey: 'z' }))
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), ['z', 'a'])
      assert.deepEqual(await agent.dueLanes({ limit: 1 }), ['z'])
      const first = await claim(agent)
      assert.deepEqual(idsOf(first), ['m1'])
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), ['a'])
      assert.deepEqual(await agent.commit(first.lease, turn('t1')), { more: true })
      assert.deepEqual(idsOf(await claim(agent)), ['m2'])
      assert.deepEqual(idsOf(await claim(agent)), ['m3'])
    })

    test('takes the lane that is named, or none', async ({ agent }) => {
      await agent.accept(message('m1', { sessionKey: 'a' }))
      await agent.accept(message('m2', { sessionKey: 'b' }))
      assert.deepEqual(idsOf(await claim(agent, { sessionKey: 'b' })), ['m2'])
      assert.equal(await tryClaim(agent, { sessionKey: 'b' }), undefined)
      assert.equal(await tryClaim(agent, { sessionKey: 'A' }), undefined)
    })

    test('leaves lanes alone whose oldest message was begun too often', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1', { sessionKey: 'a' }))
      await agent.accept(message('m2', { sessionKey: 'b' }))
      for (let begun = 0; begun < 2; begun += 1) {
        await claim(agent, { sessionKey: 'a' })
        clock.advance(LEASE_MS)
      }
      assert.equal(await tryClaim(agent, { sessionKey: 'a', maxAttempts: 2 }), undefined)
      assert.deepEqual(idsOf(await claim(agent, { maxAttempts: 2 })), ['m2'])
      assert.equal(await tryClaim(agent, { maxAttempts: 2 }), undefined)
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), ['a'])
      const [message1] = (await claim(agent, { maxAttempts: 3 })).messages
      assert.equal(message1?.attempt, 3)
    })

    test('gives a lane to one of many simultaneous workers', async ({ agent }) => {
      for (let n = 0; n < 5; n += 1) await agent.accept(message(`m${n}`))
      const works = await Promise.all(
        Array.from({ length: 20 }, (_, n) => tryClaim(agent, { owner: `w${n}` })),
      )
      assert.equal(works.filter((work) => work !== undefined).length, 1)
    })

    test('gives each lane once to many simultaneous workers', async ({ agent }) => {
      for (let n = 0; n < 8; n += 1)
        await agent.accept(message(`m${n}`, { sessionKey: `lane ${n}` }))
      const works = await Promise.all(
        Array.from({ length: 20 }, (_, n) => tryClaim(agent, { owner: `w${n}` })),
      )
      const lanes = works.flatMap((work) => (work === undefined ? [] : [work.lease.sessionKey]))
      assert.equal(lanes.length, 8)
      assert.equal(new Set(lanes).size, 8)
    })

    test('keeps a lane from its own holder too', async ({ agent }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      await claim(agent)
      assert.equal(await tryClaim(agent), undefined)
      assert.equal(await tryClaim(agent, { sessionKey: 'lane' }), undefined)
    })
  })

  group('lease', () => {
    test('ends at its time: then another worker gets the same messages, one attempt later', async ({
      agent,
      clock,
    }) => {
      for (const id of ['m1', 'm2', 'm3']) await agent.accept(message(id))
      const lost = await claim(agent, { limit: 2 })
      clock.advance(LEASE_MS - 1)
      assert.equal(await tryClaim(agent, { owner: 'other' }), undefined)
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), [])
      clock.advance(1)
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), ['lane'])
      const work = await claim(agent, { owner: 'other', limit: 1 })
      assert.deepEqual(idsOf(work), ['m1'])
      assert.equal(work.messages[0]?.attempt, 2)
      assert(work.lease.token > lost.lease.token)
      assert.equal((await agent.find('m2'))[0]?.message.state, 'pending')
      await agent.commit(work.lease, turn('t1'))
      const next = await claim(agent, { limit: 5 })
      assert.deepEqual(idsOf(next), ['m2', 'm3'])
      assert.deepEqual(
        next.messages.map(({ attempt }) => attempt),
        [2, 1],
      )
    })

    test('fences the old holder out of every method, and it writes nothing', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1'))
      const { lease: old } = await claim(agent)
      clock.advance(LEASE_MS)
      const { lease } = await claim(agent, { owner: 'other' })
      const call = { callId: 'c1', name: 'pay', input: {} }
      await rejectsWith('LEASE_LOST', agent.commit(old, turn('t1')))
      await rejectsWith('LEASE_LOST', agent.journal(old, call))
      await rejectsWith('LEASE_LOST', agent.draft(old, { address: message('m1').reference }))
      await rejectsWith('LEASE_LOST', agent.release(old, { retryAt: 0, reason: 'late' }))
      assert.equal(await agent.renew(old, LEASE_MS), undefined)
      const [story] = await agent.find('m1')
      assert.equal(story?.message.state, 'claimed')
      assert.deepEqual(story?.turns, [])
      await agent.release(lease, { retryAt: clock.now(), reason: 'retry' })
      const again = await claim(agent)
      assert.deepEqual(again.calls, [])
      assert.equal(again.draft, undefined)
      assert.deepEqual(await agent.commit(again.lease, turn('t1')), { more: false })
    })

    test('counts until the lane is claimed again, even after its end', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      clock.advance(LEASE_MS * 2)
      const renewed = await agent.renew(lease, LEASE_MS)
      assert.deepEqual(renewed, { ...lease, until: clock.now() + LEASE_MS })
      assert.equal(await tryClaim(agent), undefined)
      clock.advance(LEASE_MS * 2)
      assert.deepEqual(await agent.commit(lease, turn('t1')), { more: false })
    })

    test('is over after commit and after release', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      const { lease: first } = await claim(agent)
      await agent.release(first, { retryAt: clock.now(), reason: 'busy' })
      await rejectsWith('LEASE_LOST', agent.commit(first, turn('t1')))
      assert.equal(await agent.renew(first, LEASE_MS), undefined)
      const { lease: second } = await claim(agent)
      await agent.commit(second, turn('t1'))
      await rejectsWith('LEASE_LOST', agent.commit(second, turn('t2')))
      await rejectsWith('LEASE_LOST', agent.release(second, { retryAt: 0, reason: 'late' }))
      assert.equal(await agent.renew(second, LEASE_MS), undefined)
      await agent.accept(message('m2'))
      assert((await claim(agent)).lease.token > second.token)
    })

    test('is renewed from the time of the call', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      clock.advance(LEASE_MS - 1)
      const renewed = await agent.renew(lease, LEASE_MS)
      assert.equal(renewed?.until, clock.now() + LEASE_MS)
      clock.advance(LEASE_MS - 1)
      assert.equal(await tryClaim(agent), undefined)
      clock.advance(1)
      assert.equal((await claim(agent)).messages[0]?.attempt, 2)
    })

    test('of a dead process is over after a restart, or at its end', async ({
      agent,
      clock,
      reopen,
    }) => {
      if (reopen === undefined) return
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      const again = (await reopen()).agent(agent.agentId)
      if ((await again.dueLanes({ limit: 1 })).length === 0) clock.advance(LEASE_MS)
      const work = await claim(again, { owner: 'next process' })
      assert.deepEqual(idsOf(work), ['m1'])
      assert.equal(work.messages[0]?.attempt, 2)
      assert(work.lease.token > lease.token)
    })
  })

  group('release', () => {
    test('gives the messages back from retryAt on, with the reason, and says they wait', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      const retryAt = clock.now() + 500.5
      assert.deepEqual(await agent.release(lease, { retryAt, reason: 'model is busy' }), {
        more: true,
      })
      const [story] = await agent.find('m1')
      assert.equal(story?.message.state, 'pending')
      assert.equal(story?.message.reason, 'model is busy')
      clock.advance(500)
      assert.equal(await tryClaim(agent), undefined)
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), [])
      clock.advance(1)
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), ['lane'])
      assert.equal((await claim(agent)).messages[0]?.attempt, 2)
    })

    test('holds back later messages of the lane, and no other lane', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.release(lease, { retryAt: clock.now() + 500, reason: 'busy' })
      await agent.accept(message('m2'))
      await agent.accept(message('m3', { sessionKey: 'other' }))
      assert.deepEqual(idsOf(await claim(agent)), ['m3'])
      assert.equal(await tryClaim(agent, { sessionKey: 'lane' }), undefined)
      clock.advance(500)
      assert.deepEqual(idsOf(await claim(agent, { limit: 10 })), ['m1', 'm2'])
    })
  })

  group('more', () => {
    test('is true for a message that arrived during the turn, which is claimable at once', async ({
      agent,
    }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.accept(message('m2'))
      await agent.accept(message('x', { sessionKey: 'other' }))
      assert.deepEqual(await agent.commit(lease, turn('t1')), { more: true })
      const next = await claim(agent, { sessionKey: 'lane' })
      assert.deepEqual(idsOf(next), ['m2'])
      assert.deepEqual(await agent.commit(next.lease, turn('t2')), { more: false })
    })

    test('strands nothing when acceptance and commit race', async ({ agent }) => {
      await agent.accept(message('first'))
      let work = await tryClaim(agent)
      let turns = 0
      while (work !== undefined) {
        const { lease } = work
        turns += 1
        const arrivals = turns <= 20 ? [message(`m${turns}`)] : []
        const [{ more }] = await Promise.all([
          agent.commit(lease, turn(`t${turns}`)),
          ...arrivals.map((each) => agent.accept(each)),
        ])
        work = await tryClaim(agent)
        if (more) assert(work !== undefined, 'more promised a message')
      }
      assert.equal((await agent.counts()).inbox.done, 21)
    })
  })
}
