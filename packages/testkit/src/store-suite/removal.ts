import assert from 'node:assert/strict'
import type { AgentStore } from '@junctor/store'
import {
  answer,
  claim,
  claimDeliveries,
  delivery,
  deliveryIds,
  dm,
  message,
  rejectsWith,
  sent,
  tryClaim,
  turn,
} from './samples.ts'
import type { Runner } from './runner.ts'

const NOTHING = { messages: 0, transcript: 0, turns: 0, deliveries: 0, sessions: 0, tables: 0 }

export function removalCases({ group, test }: Runner): void {
  group('removeSession', () => {
    test('removes everything of the session, says how much, and nothing else', async ({
      agent,
    }) => {
      await fill(agent, 'a')
      await fill(agent, 'b')
      await agent.table('notes').put('k', 1)
      const before = await agent.find('m-b')
      assert.deepEqual(await agent.removeSession('a'), {
        ...NOTHING,
        messages: 2,
        transcript: 1,
        turns: 1,
        deliveries: 2,
        sessions: 1,
      })
      for (const id of ['m-a', 'native-m-a', 'd-a', 'sent-d-a', 'later-a'])
        assert.deepEqual(await agent.find(id), [], id)
      assert.equal(await agent.session('a'), undefined)
      assert.deepEqual(await agent.transcript('a', { limit: 9 }), [])
      assert.deepEqual(await agent.conversation(dm('a'), { limit: 9 }), [])
      assert.equal(await tryClaim(agent, { sessionKey: 'a' }), undefined)
      assert.deepEqual(await agent.removeSession('a'), NOTHING)
      assert.deepEqual(await agent.find('m-b'), before)
      assert.equal((await agent.table('notes').get('k'))?.value, 1)
      assert.deepEqual(await agent.counts(), {
        inbox: { pending: 1, claimed: 0, done: 1, dead: 0 },
        outbox: { pending: 1, sending: 0, sent: 1, unknown: 0, failed: 0 },
        unknownDeliveries: 0,
        sessions: 1,
      })
    })

    test('ends a running turn: its lease fits no later lane of the same name', async ({
      agent,
    }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.removeSession('lane')
      await rejectsWith('LEASE_LOST', agent.commit(lease, turn('t1')))
      assert.equal((await agent.accept(message('m1'))).status, 'accepted')
      const next = await claim(agent)
      await rejectsWith('LEASE_LOST', agent.commit(lease, turn('t1')))
      assert.deepEqual(await agent.commit(next.lease, turn('t1')), { more: false })
    })

    test('starts a new session id', async ({ agent }) => {
      await answer(agent, 'm1', [])
      const before = await agent.session('lane')
      await agent.removeSession('lane')
      await answer(agent, 'm1', [])
      assert.notEqual((await agent.session('lane'))?.sessionId, before?.sessionId)
    })

    test('lets deliveries of other sessions to the same address go on', async ({ agent }) => {
      await answer(agent, 'm1', [delivery('d1')], { sessionKey: 'a' })
      await answer(agent, 'm2', [delivery('d2')], { sessionKey: 'b' })
      await claimDeliveries(agent)
      await agent.removeSession('a')
      assert.deepEqual(deliveryIds(await claimDeliveries(agent)), ['d2'])
      await agent.settleDelivery('d1', sent('d1'))
      assert.deepEqual(await agent.find('d1'), [])
    })
  })

  group('agents', () => {
    test('see nothing of each other', async ({ store, agent }) => {
      const other = store.agent('borealis')
      await fill(agent, 'a')
      await agent.accept(message('held', { sessionKey: 'held' }))
      const { lease } = await claim(agent, { sessionKey: 'held' })
      await agent.table('notes').put('k', 1)
      const before = await agent.counts()

      assert.deepEqual(await other.find('m-a'), [])
      assert.deepEqual(await other.find('native-m-a'), [])
      assert.deepEqual(await other.sessions(), [])
      assert.equal(await other.session('a'), undefined)
      assert.deepEqual(await other.transcript('a', { limit: 9 }), [])
      assert.deepEqual(await other.conversation(dm('a'), { limit: 9 }), [])
      assert.equal((await other.counts()).sessions, 0)
      assert.deepEqual(await other.dueLanes({ limit: 9 }), [])
      assert.equal(await tryClaim(other), undefined)
      assert.deepEqual(await claimDeliveries(other), [])
      assert.equal(await other.table('notes').get('k'), undefined)
      assert.deepEqual(await other.table('notes').list(), [])
      assert.equal(await other.table('notes').remove('k'), false)
      assert.deepEqual(await other.removeSession('a'), NOTHING)
      assert.equal(await other.renew(lease, 1_000), undefined)
      await rejectsWith('LEASE_LOST', other.commit(lease, turn('t9')))
      await rejectsWith('LEASE_LOST', other.release(lease, { retryAt: 0, reason: 'x' }))
      await rejectsWith('LEASE_LOST', other.journal(lease, { callId: 'c', name: 'n', input: 1 }))
      await rejectsWith('LEASE_LOST', other.draft(lease, { address: dm() }))
      await other.settleDelivery('d2-a', { state: 'failed', error: 'x' })
      const native = message('later-a').reference
      assert.equal(await other.amend(native, { withdrawn: 'x' }), 'unknown')

      assert.equal((await other.accept(message('m-a', { sessionKey: 'a' }))).status, 'accepted')
      assert.equal((await claim(other)).messages[0]?.attempt, 1)
      assert.deepEqual(await agent.counts(), before)
    })

    test('are one instance for each id, listed once they have stored something', async ({
      store,
      agent,
    }) => {
      assert.equal(store.agent(agent.agentId), agent)
      assert.deepEqual(await store.agents(), [])
      await tryClaim(agent)
      await agent.counts()
      assert.deepEqual(await store.agents(), [])
      await store.agent('zeta').accept(message('m1'))
      await agent.table('notes').put('k', 1)
      assert.deepEqual(await store.agents(), [agent.agentId, 'zeta'])
    })

    test('are removed with everything, and can begin anew', async ({ store, agent }) => {
      await fill(agent, 'a')
      await agent.accept(message('m1'))
      const { lease } = await claim(agent, { sessionKey: 'lane' })
      await agent.table('notes').put('k', 1)
      await store.agent('zeta').accept(message('m1'))
      assert.deepEqual(await store.removeAgent(agent.agentId), {
        messages: 3,
        transcript: 1,
        turns: 1,
        deliveries: 2,
        sessions: 2,
        tables: 1,
      })
      assert.deepEqual(await store.agents(), ['zeta'])
      await rejectsWith('LEASE_LOST', agent.commit(lease, turn('t1')))
      assert.deepEqual(await store.agents(), ['zeta'])
      assert.deepEqual(await store.removeAgent(agent.agentId), NOTHING)
      assert.equal((await agent.counts()).sessions, 0)
      assert.equal((await agent.accept(message('m1'))).status, 'accepted')
      await claim(agent)
      await rejectsWith('LEASE_LOST', agent.commit(lease, turn('t1')))
      assert.equal((await store.agent('zeta').counts()).inbox.pending, 1)
    })
  })

  group('close', () => {
    test('ends every method with CLOSED, and may be repeated', async ({ store, agent }) => {
      await agent.accept(message('m1'))
      await store.close()
      await store.close()
      await rejectsWith('CLOSED', agent.accept(message('m2')))
      await rejectsWith('CLOSED', agent.counts())
      await rejectsWith('CLOSED', store.agent('other').counts())
      await rejectsWith('CLOSED', store.gateway.countRefusals())
      await rejectsWith('CLOSED', store.agents())
      await rejectsWith('CLOSED', store.removeAgent(agent.agentId))
    })
  })
}

/** A session named like its peer, with one answered message, one waiting, one sent delivery and one pending. */
async function fill(agent: AgentStore, name: string): Promise<void> {
  const address = dm(name)
  await agent.accept(
    message(`m-${name}`, {
      sessionKey: name,
      reference: { ...address, nativeId: `native-m-${name}` },
    }),
  )
  const { lease } = await claim(agent, { sessionKey: name })
  await agent.commit(
    lease,
    turn(`t-${name}`, {
      transcript: [{ role: 'user', parts: ['x'] }],
      deliveries: [delivery(`d-${name}`, { address }), delivery(`d2-${name}`, { address })],
    }),
  )
  await claimDeliveries(agent, { sessionKey: name })
  await agent.settleDelivery(`d-${name}`, sent(`d-${name}`))
  await agent.accept(
    message(`later-${name}`, {
      sessionKey: name,
      reference: { ...address, nativeId: `later-${name}` },
    }),
  )
}
