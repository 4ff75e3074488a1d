import assert from 'node:assert/strict'
import type { JournaledCall } from '@junctor/store'
import { claim, dm, LEASE_MS, message, turn } from './samples.ts'
import type { Runner } from './runner.ts'

const begun: JournaledCall = { callId: 'c1', name: 'pay', input: { amount: 1, to: 'é\u0000' } }
const ended: JournaledCall = { ...begun, result: { status: 'ok', output: 'paid' } }
const second: JournaledCall = {
  callId: 'C1',
  name: 'mail',
  input: null,
  result: { status: 'error', output: 'no route' },
}

export function journalCases({ group, test }: Runner): void {
  group('journal and draft', () => {
    test('are empty at the first attempt', async ({ agent }) => {
      await agent.accept(message('m1'))
      const work = await claim(agent)
      assert.deepEqual(work.calls, [])
      assert.equal(work.draft, undefined)
    })

    test('are handed to the next attempt after a release, in order and as last written', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      const address = { ...dm(), threadId: 'a:b' }
      await agent.draft(lease, { address })
      await agent.journal(lease, begun)
      await agent.journal(lease, second)
      await agent.journal(lease, ended)
      await agent.draft(lease, { address, nativeId: 'n1' })
      await agent.release(lease, { retryAt: clock.now(), reason: 'busy' })
      const work = await claim(agent)
      assert.deepEqual(work.calls, [ended, second])
      assert.deepEqual(work.draft, { address, nativeId: 'n1' })
    })

    test('are handed to the worker that takes a lost lane over, and kept once more', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.journal(lease, begun)
      await agent.draft(lease, { address: dm(), lost: 1 })
      clock.advance(LEASE_MS)
      const work = await claim(agent, { owner: 'other' })
      assert.deepEqual(work.calls, [begun])
      assert.deepEqual(work.draft, { address: dm(), lost: 1 })
      await agent.journal(work.lease, second)
      await agent.release(work.lease, { retryAt: clock.now(), reason: 'busy' })
      assert.deepEqual((await claim(agent)).calls, [begun, second])
    })

    test('survive a restart', async ({ agent, clock, reopen }) => {
      if (reopen === undefined) return
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.journal(lease, ended)
      await agent.draft(lease, { address: dm(), nativeId: 'n1' })
      const again = (await reopen()).agent(agent.agentId)
      clock.advance(LEASE_MS)
      const work = await claim(again)
      assert.deepEqual(work.calls, [ended])
      assert.deepEqual(work.draft, { address: dm(), nativeId: 'n1' })
    })

    test('are dropped by the commit', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      const { lease } = await claim(agent)
      await agent.journal(lease, begun)
      await agent.draft(lease, { address: dm() })
      await agent.commit(lease, turn('t1'))
      const next = await claim(agent)
      assert.deepEqual(next.calls, [])
      assert.equal(next.draft, undefined)
      await agent.release(next.lease, { retryAt: clock.now(), reason: 'busy' })
      assert.deepEqual((await claim(agent)).calls, [])
    })

    test('belong to one lane', async ({ agent, clock }) => {
      await agent.accept(message('m1', { sessionKey: 'a' }))
      await agent.accept(message('m2', { sessionKey: 'b' }))
      const { lease } = await claim(agent, { sessionKey: 'a' })
      const other = await claim(agent, { sessionKey: 'b' })
      await agent.journal(lease, begun)
      await agent.journal(other.lease, { ...begun, name: 'other' })
      await agent.commit(lease, turn('t1'))
      await agent.release(other.lease, { retryAt: clock.now(), reason: 'busy' })
      assert.deepEqual((await claim(agent)).calls, [{ ...begun, name: 'other' }])
    })
  })
}
