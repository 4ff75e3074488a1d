import assert from 'node:assert/strict'
import type { AgentStore, DeliveryOutcome } from '@junctor/store'
import { answer, claimDeliveries, delivery, deliveryIds, dm, LEASE_MS, sent } from './samples.ts'
import type { Runner } from './runner.ts'

const unknown: DeliveryOutcome = { state: 'unknown', error: 'cut' }
const failed: DeliveryOutcome = { state: 'failed', error: 'blocked' }

async function stateOf(agent: AgentStore, id: string): Promise<string | undefined> {
  const [story] = await agent.find(id)
  return story?.deliveries.find((each) => each.id === id)?.state
}

export function deliveryCases({ group, test }: Runner): void {
  group('deliveries', () => {
    test('come one at a time for each address, in the order they were committed', async ({
      agent,
    }) => {
      await answer(agent, 'm1', [
        delivery('z'),
        delivery('a'),
        delivery('b', { address: dm('bob') }),
        delivery('t', { address: { ...dm(), threadId: '1' } }),
      ])
      await answer(agent, 'm2', [delivery('m')])
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['b', 't', 'z'])
      assert.deepEqual(await claimDeliveries(agent), [])
      await agent.settleDelivery('z', sent('z'))
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['a'])
      await agent.settleDelivery('a', sent('a'))
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['m'])
    })

    test('carry their state, attempts and body', async ({ agent, clock }) => {
      await answer(agent, 'm1', [delivery('d1', { messageId: 'm1' })])
      assert.deepEqual(await claimDeliveries(agent), [
        {
          ...delivery('d1', { messageId: 'm1' }),
          sessionKey: 'lane',
          turnId: 'turn-m1',
          state: 'sending',
          attempts: 1,
          unknowns: 0,
          createdAt: clock.now(),
        },
      ])
    })

    test('begin in doubt when a draft of theirs is', async ({ agent }) => {
      await answer(agent, 'm1', [delivery('d1', { unknowns: 2 })])
      const [claimed] = await claimDeliveries(agent)
      assert.equal(claimed?.unknowns, 2)
      assert.equal((await agent.counts()).unknownDeliveries, 1)
    })

    test('are claimed up to the limit, and of one session where it is named', async ({ agent }) => {
      const names = ['a', 'b', 'c']
      for (const id of names)
        await answer(agent, id, [delivery(`d-${id}`, { address: dm(id) })], { sessionKey: id })
      assert.deepEqual(deliveryIds(await claimDeliveries(agent, { sessionKey: 'b' })), ['d-b'])
      assert.deepEqual(await claimDeliveries(agent, { sessionKey: 'b' }), [])
      assert.deepEqual(await claimDeliveries(agent, { sessionKey: 'B' }), [])
      assert.equal((await claimDeliveries(agent, { limit: 1 })).length, 1)
      assert.equal((await claimDeliveries(agent, { limit: 5 })).length, 1)
    })

    test('of one session wait for older ones of another session to the same address', async ({
      agent,
    }) => {
      await answer(agent, 'm1', [delivery('d1')], { sessionKey: 'a' })
      await answer(agent, 'm2', [delivery('d2')], { sessionKey: 'b' })
      assert.deepEqual(await claimDeliveries(agent, { sessionKey: 'b' }), [])
      await claimDeliveries(agent, { sessionKey: 'a' })
      await agent.settleDelivery('d1', sent('d1'))
      assert.deepEqual(deliveryIds(await claimDeliveries(agent, { sessionKey: 'b' })), ['d2'])
    })

    test('are given to one of many simultaneous senders', async ({ agent }) => {
      for (let n = 0; n < 5; n += 1)
        await answer(agent, `m${n}`, [delivery(`d${n}`, { address: dm(`p${n}`) })])
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => claimDeliveries(agent, { limit: 2 })),
      )
      assert.deepEqual(deliveryIds(claims.flat()), ['d0', 'd1', 'd2', 'd3', 'd4'])
    })

    test('put off wait until retryAt and hold back later ones of their address only', async ({
      agent,
      clock,
    }) => {
      await answer(agent, 'm1', [
        delivery('d1'),
        delivery('d2'),
        delivery('b1', { address: dm('bob') }),
        delivery('b2', { address: dm('bob') }),
      ])
      await claimDeliveries(agent)
      const retryAt = clock.now() + 500.25
      await agent.settleDelivery('d1', { state: 'pending', retryAt, error: '429' })
      await agent.settleDelivery('b1', sent('b1'))
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['b2'])
      clock.advance(500)
      assert.deepEqual(await claimDeliveries(agent), [])
      clock.advance(1)
      const [again] = await claimDeliveries(agent)
      assert.equal(again?.id, 'd1')
      assert.equal(again?.attempts, 2)
      assert.equal(again?.error, '429')
    })

    for (const outcome of [unknown, failed])
      test(`that are ${outcome.state} hold nothing back`, async ({ agent }) => {
        await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
        await claimDeliveries(agent)
        await agent.settleDelivery('d1', outcome)
        assert.equal(await stateOf(agent, 'd1'), outcome.state)
        assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d2'])
      })

    test('note native id and time when sent, and drop the error', async ({ agent, clock }) => {
      await answer(agent, 'm1', [delivery('d1')])
      await claimDeliveries(agent)
      await agent.settleDelivery('d1', { state: 'pending', retryAt: clock.now(), error: '500' })
      await claimDeliveries(agent)
      await agent.settleDelivery('d1', sent('d1', 7_000.5))
      const [story] = await agent.find('d1')
      const [settled] = story?.deliveries ?? []
      assert.equal(settled?.state, 'sent')
      assert.equal(settled?.nativeId, 'sent-d1')
      assert.equal(settled?.sentAt, 7_000.5)
      assert.equal(settled?.error, undefined)
      assert.equal(settled?.attempts, 2)
    })

    test('that are unknown can be resent before newer ones, held, or settled by hand', async ({
      agent,
      clock,
    }) => {
      await answer(agent, 'm1', [delivery('d1'), delivery('d2'), delivery('d3')])
      await claimDeliveries(agent)
      await agent.settleDelivery('d1', unknown)
      await agent.settleDelivery('d1', unknown)
      const resend: DeliveryOutcome = { state: 'pending', retryAt: clock.now(), error: 'resent' }
      await agent.settleDelivery('d1', resend)
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d1'])
      await agent.settleDelivery('d1', unknown)
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d2'])
      await agent.settleDelivery('d1', resend)
      assert.deepEqual(await claimDeliveries(agent), [], 'd2 is on its way to this address')
      await agent.settleDelivery('d2', sent('d2'))
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d1'])
      await agent.settleDelivery('d1', unknown)
      await agent.settleDelivery('d1', sent('d1'))
      assert.equal(await stateOf(agent, 'd1'), 'sent')
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d3'])
      const [story] = await agent.find('d1')
      assert.equal(story?.deliveries.find(({ id }) => id === 'd1')?.unknowns, 3)
      assert.equal((await agent.counts()).unknownDeliveries, 1)
    })

    test('that are sent or failed stay so', async ({ agent }) => {
      await answer(agent, 'm1', [delivery('d1'), delivery('b1', { address: dm('bob') })])
      await claimDeliveries(agent)
      await agent.settleDelivery('d1', sent('d1'))
      await agent.settleDelivery('b1', failed)
      for (const id of ['d1', 'b1']) {
        await agent.settleDelivery(id, { state: 'pending', retryAt: 0, error: 'late' })
        await agent.settleDelivery(id, unknown)
      }
      assert.equal(await stateOf(agent, 'd1'), 'sent')
      assert.equal(await stateOf(agent, 'b1'), 'failed')
      assert.deepEqual(await claimDeliveries(agent), [])
    })

    test('in doubt are counted and due again when they are to be resent', async ({
      agent,
      clock,
    }) => {
      await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
      await claimDeliveries(agent)
      await agent.settleDelivery('d1', {
        state: 'unknown',
        error: 'cut',
        resendAt: clock.now() + 5,
      })
      assert.equal(await stateOf(agent, 'd1'), 'pending')
      assert.deepEqual(await agent.dueDeliveries({ limit: 9 }), [])
      clock.advance(5)
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d1'])
      assert.equal((await agent.counts()).unknownDeliveries, 1)
    })

    test('that are due name their sessions, each once, until they are claimed', async ({
      agent,
    }) => {
      assert.deepEqual(await agent.dueDeliveries({ limit: 9 }), [])
      await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
      const [sessionKey] = await agent.dueDeliveries({ limit: 9 })
      assert.notEqual(sessionKey, undefined)
      assert.deepEqual(await agent.dueDeliveries({ limit: 9 }), [sessionKey])
      assert.deepEqual(await agent.dueDeliveries({ limit: 0 }), [])
      await claimDeliveries(agent)
      assert.deepEqual(await agent.dueDeliveries({ limit: 9 }), [])
    })

    test('that nobody knows are settled without effect', async ({ agent }) => {
      await agent.settleDelivery('nothing', sent('nothing'))
      assert.deepEqual(await agent.find('nothing'), [])
    })
  })

  group('recoverDeliveries', () => {
    test('marks deliveries unknown once their sender is lost, and names each once', async ({
      agent,
      clock,
    }) => {
      await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
      await claimDeliveries(agent)
      clock.advance(LEASE_MS - 1)
      assert.deepEqual(await agent.recoverDeliveries({ resend: false }), [])
      clock.advance(1)
      assert.deepEqual(await claimDeliveries(agent), [], 'until it is recovered the address waits')
      const [lost] = await agent.recoverDeliveries({ resend: false })
      assert.equal(lost?.id, 'd1')
      assert.equal(lost?.state, 'unknown')
      assert.equal(lost?.attempts, 1)
      assert.equal(lost?.unknowns, 1)
      assert.notEqual(lost?.error ?? '', '')
      assert.deepEqual(await agent.recoverDeliveries({ resend: false }), [])
      assert.equal(await stateOf(agent, 'd1'), 'unknown')
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d2'])
    })

    test('makes them due again in the same write where they are to be resent', async ({
      agent,
      clock,
    }) => {
      await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
      await claimDeliveries(agent)
      clock.advance(LEASE_MS)
      const [lost] = await agent.recoverDeliveries({ resend: true })
      assert.equal(lost?.state, 'pending')
      assert.equal(lost?.unknowns, 1)
      assert.equal((await agent.counts()).unknownDeliveries, 1)
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d1'])
    })

    test('ends one that was in doubt too often', async ({ agent, clock }) => {
      await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
      const states: (string | undefined)[] = []
      for (let time = 0; time < 3; time += 1) {
        await claimDeliveries(agent)
        clock.advance(LEASE_MS)
        const [lost] = await agent.recoverDeliveries({ resend: true, mostResends: 2 })
        states.push(lost?.state)
      }
      assert.deepEqual(states, ['pending', 'pending', 'unknown'])
      assert.equal(await stateOf(agent, 'd1'), 'unknown')
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d2'])
    })

    test('lets a late word of the lost sender count', async ({ agent, clock }) => {
      await answer(agent, 'm1', [delivery('d1')])
      await claimDeliveries(agent)
      clock.advance(LEASE_MS)
      await agent.recoverDeliveries({ resend: false })
      await agent.settleDelivery('d1', sent('d1'))
      assert.equal(await stateOf(agent, 'd1'), 'sent')
      assert.equal((await agent.counts()).unknownDeliveries, 1)
    })

    test('finds what a dead process was sending', async ({ agent, clock, reopen }) => {
      if (reopen === undefined) return
      await answer(agent, 'm1', [delivery('d1'), delivery('d2')])
      await claimDeliveries(agent)
      const again = (await reopen()).agent(agent.agentId)
      let lost = await again.recoverDeliveries({ resend: false })
      if (lost.length === 0) {
        clock.advance(LEASE_MS)
        lost = await again.recoverDeliveries({ resend: false })
      }
      assert.deepEqual(deliveryIds(lost), ['d1'])
      await again.settleDelivery('d1', { state: 'pending', retryAt: clock.now(), error: 'lost' })
      assert.deepEqual(deliveryIds(await claimDeliveries(again)), ['d1'])
    })
  })
}
