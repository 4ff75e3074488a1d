import assert from 'node:assert/strict'
import type { PastConversation } from '@junctor/store'
import type { Runner } from './runner.ts'
import { claim, message, turn } from './samples.ts'

export function restoreCases({ group, test }: Runner): void {
  group('a conversation that took place elsewhere', () => {
    test('is a session with all that was said, when it was said', async ({ agent, clock }) => {
      clock.advance(10_000)
      assert.equal(await agent.restore(past()), 'restored')
      const rows = await agent.transcript('lane', { limit: 10 })
      assert.deepEqual(
        rows.map(({ role, parts, at, turnId }) => ({ role, parts, at, turnId })),
        past().messages.map((each) => ({ ...each, turnId: 'past-1' })),
      )
      const session = await agent.session('lane')
      assert.equal(session?.createdAt, 100)
      assert.equal(session?.updatedAt, 250)
      assert.equal(session?.model, 'test/older')
      // No agent of this store has answered yet.
      assert.equal(session?.turns, 0)
      assert.deepEqual(await agent.dueLanes({ limit: 5 }), [])
      assert.equal((await agent.counts()).sessions, 1)
    })

    test('goes on with the next turn', async ({ agent }) => {
      await agent.restore(past())
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      const transcript = [{ role: 'user', parts: ['now'], messageId: 'm1' } as const]
      await agent.commit(lease, turn('t1', { transcript }))
      const rows = await agent.transcript('lane', { limit: 10, current: true })
      assert.deepEqual(
        rows.map(({ parts }) => parts[0]),
        ['one', 'two', 'three', 'now'],
      )
      const session = await agent.session('lane')
      assert.equal(session?.turns, 1)
      assert.equal((await agent.find('m1'))[0]?.turns.length, 1)
    })

    test('keeps what was ended before, and does not go on with it', async ({ agent }) => {
      await agent.restore({ ...past(), ended: 2 })
      const current = await agent.transcript('lane', { limit: 10, current: true })
      assert.deepEqual(
        current.map(({ parts }) => parts[0]),
        ['three'],
      )
      assert.equal((await agent.transcript('lane', { limit: 10 })).length, 3)
    })

    test('is restored once, and over no session that there is', async ({ agent, reopen }) => {
      await agent.restore(past())
      assert.equal(await agent.restore(past()), 'duplicate')
      // The same conversation does not come back under another key, either.
      assert.equal(await agent.restore({ ...past(), sessionKey: 'other' }), 'duplicate')
      await agent.accept(message('m1', { sessionKey: 'begun' }))
      assert.equal(await agent.restore(past('past-2', 'begun')), 'taken')
      assert.deepEqual(await agent.transcript('begun', { limit: 10 }), [])
      assert.deepEqual((await agent.sessions()).map(({ sessionKey }) => sessionKey).sort(), [
        'begun',
        'lane',
      ])
      if (reopen === undefined) return
      const again = (await reopen()).agent(agent.agentId)
      assert.equal(await again.restore(past()), 'duplicate')
      assert.equal((await again.transcript('lane', { limit: 10 })).length, 3)
    })

    test('is removed like any other', async ({ agent }) => {
      await agent.restore(past())
      const removed = await agent.removeSession('lane')
      assert.deepEqual(
        { transcript: removed.transcript, turns: removed.turns, sessions: removed.sessions },
        { transcript: 3, turns: 1, sessions: 1 },
      )
      assert.equal(await agent.restore(past()), 'restored')
    })
  })
}

function past(id = 'past-1', sessionKey = 'lane'): PastConversation {
  return {
    id,
    sessionKey,
    createdAt: 100,
    updatedAt: 250,
    model: 'test/older',
    messages: [
      { role: 'user', parts: ['one'], at: 100 },
      { role: 'assistant', parts: ['two'], at: 200 },
      { role: 'user', parts: ['three'], at: 250 },
    ],
    trace: { from: 'elsewhere' },
  }
}
