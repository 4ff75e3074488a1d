import assert from 'node:assert/strict'
import { answer, claim, delivery, dm, idsOf, message, tryClaim, turn } from './samples.ts'
import type { Runner } from './runner.ts'

export function commitCases({ group, test }: Runner): void {
  group('commit', () => {
    test('changes messages, transcript, deliveries, turn and session together', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      const { lease } = await claim(agent, { limit: 2 })
      clock.advance(100)
      const change = turn('t1', {
        transcript: [
          { role: 'user', parts: [{ type: 'text', text: 'hi\u0000\ud800' }], messageId: 'm1' },
          { role: 'tool', parts: [] },
          { role: 'assistant', parts: ['one', { two: 2 }] },
        ],
        deliveries: [delivery('d1', { messageId: 'm1', editOf: 'draft' })],
      })
      await agent.commit(lease, change)

      const stories = [...(await agent.find('m1')), ...(await agent.find('m2'))]
      assert.deepEqual(
        stories.map(({ message: { id, state, turnId } }) => ({ id, state, turnId })),
        [
          { id: 'm1', state: 'done', turnId: 't1' },
          { id: 'm2', state: 'done', turnId: 't1' },
        ],
      )
      assert.deepEqual(stories[0]?.turns, [change.turn])
      const transcript = await agent.transcript('lane', { limit: 10 })
      assert.deepEqual(
        transcript.map(({ role, parts, turnId }) => ({ role, parts, turnId })),
        change.transcript.map(({ role, parts }) => ({ role, parts, turnId: 't1' })),
      )
      assert.equal(transcript[0]?.messageId, 'm1')
      assert.equal(transcript[1]?.messageId, undefined)
      assert.deepEqual(stories[0]?.deliveries, [
        {
          ...delivery('d1', { messageId: 'm1', editOf: 'draft' }),
          sessionKey: 'lane',
          turnId: 't1',
          state: 'pending',
          attempts: 0,
          unknowns: 0,
          createdAt: clock.now(),
        },
      ])
      const session = await agent.session('lane')
      assert.equal(session?.turns, 1)
      assert.equal(session?.inputTokens, 11)
      assert.equal(session?.outputTokens, 7)
      assert.equal(session?.updatedAt, clock.now())
    })

    test('adds up turns and tokens of a session under one session id', async ({ agent }) => {
      await answer(agent, 'm1', [])
      const before = await agent.session('lane')
      await answer(agent, 'm2', [])
      const after = await agent.session('lane')
      assert.match(after?.sessionId ?? '', /^session_./)
      assert.equal(after?.sessionId, before?.sessionId)
      assert.equal(after?.turns, 2)
      assert.equal(after?.inputTokens, 22)
      assert.equal(after?.outputTokens, 14)
    })

    test('ends messages as dead with the reason', async ({ agent }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.commit(lease, turn('t1', { outcome: { state: 'dead', reason: 'no such model' } }))
      const [story] = await agent.find('m1')
      assert.equal(story?.message.state, 'dead')
      assert.equal(story?.message.reason, 'no such model')
      assert.equal(story?.message.turnId, 't1')
      assert.equal(await tryClaim(agent), undefined)
    })

    test('leaves messages alone that the lease does not cover', async ({ agent }) => {
      for (const id of ['m1', 'm2', 'm3']) await agent.accept(message(id))
      const { lease } = await claim(agent, { limit: 2 })
      await agent.commit(lease, turn('t1'))
      assert.deepEqual(idsOf(await claim(agent, { limit: 9 })), ['m3'])
    })

    const rejected = [
      { name: 'two deliveries with one id', ids: ['new', 'new'], turnId: 't2' },
      { name: 'a delivery id that is taken', ids: ['new', 'taken'], turnId: 't2' },
      { name: 'a turn id that is taken', ids: ['new'], turnId: 'turn-m0' },
    ]
    for (const { name, ids, turnId } of rejected)
      test(`changes nothing when it is rejected for ${name}`, async ({ agent }) => {
        await answer(agent, 'm0', [delivery('taken', { address: dm('bob') })])
        await agent.accept(message('m1'))
        const { lease } = await claim(agent)
        await agent.journal(lease, { callId: 'c1', name: 'pay', input: {} })
        const before = {
          counts: await agent.counts(),
          session: await agent.session('lane'),
          story: await agent.find('m1'),
        }
        const change = turn(turnId, {
          transcript: [{ role: 'assistant', parts: ['x'] }],
          deliveries: ids.map((id) => delivery(id)),
        })
        await assert.rejects(agent.commit(lease, change))
        assert.deepEqual(await agent.transcript('lane', { limit: 9 }), [])
        assert.deepEqual(
          {
            counts: await agent.counts(),
            session: await agent.session('lane'),
            story: await agent.find('m1'),
          },
          before,
        )
        const retry = turn('t2', { deliveries: [delivery('new')] })
        assert.deepEqual(await agent.commit(lease, retry), { more: false })
      })

    test('survives a restart', async ({ agent, reopen }) => {
      if (reopen === undefined) return
      await answer(agent, 'm1', [delivery('d1')])
      const before = { story: await agent.find('m1'), counts: await agent.counts() }
      const again = (await reopen()).agent(agent.agentId)
      assert.deepEqual({ story: await again.find('m1'), counts: await again.counts() }, before)
      assert.equal(await tryClaim(again), undefined)
    })
  })
}
