import assert from 'node:assert/strict'
import type { Answer, Backlog } from '@junctor/store'
import {
  answer,
  claim,
  delivery,
  dm,
  idsOf,
  LEASE_MS,
  message,
  reference,
  rejectsWith,
  tryClaim,
  turn,
} from './samples.ts'
import type { Runner } from './runner.ts'

/** The turn of a command. */
function command(id: string, given: Partial<Answer> = {}): Answer {
  const { turn: ran, ...rest } = turn(id, given)
  const none = { model: '', inputTokens: 0, outputTokens: 0 }
  return { ...rest, ...given, turn: { ...ran, ...none, outcome: 'command' } }
}

export function backlogCases({ group, test }: Runner): void {
  group('together', () => {
    test('go messages of one address only, and none that is to be taken alone', async ({
      agent,
    }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2', { reference: { ...reference('2'), threadId: 'a' } }))
      await agent.accept(message('m3', { alone: true }))
      await agent.accept(message('m4'))
      await agent.accept(message('m5'))
      const taken: (readonly string[])[] = []
      for (let n = 0; n < 4; n += 1) {
        const work = await claim(agent, { limit: 9 })
        taken.push(idsOf(work) ?? [])
        assert.equal(work.messages[0]?.alone, n === 2 ? true : undefined)
        await agent.commit(work.lease, turn(`t${n}`))
      }
      assert.deepEqual(taken, [['m1'], ['m2'], ['m3'], ['m4', 'm5']])
    })
  })

  group('extend', () => {
    test('takes what waits into the running turn, in order, and its commit ends it', async ({
      agent,
    }) => {
      for (const id of ['m1', 'm2', 'm3', 'm4']) await agent.accept(message(id))
      const { lease } = await claim(agent)
      const first = await agent.extend(lease, { limit: 2 })
      assert.deepEqual(
        first.map(({ id, state, attempt }) => ({ id, state, attempt })),
        [
          { id: 'm2', state: 'claimed', attempt: 1 },
          { id: 'm3', state: 'claimed', attempt: 1 },
        ],
      )
      assert.equal(await agent.amend(reference('native-m3'), { withdrawn: 'x' }), 'too-late')
      assert.deepEqual(await agent.commit(lease, turn('t1')), { more: true })
      for (const id of ['m1', 'm2', 'm3'])
        assert.equal((await agent.find(id))[0]?.message.turnId, 't1')
      assert.deepEqual(idsOf(await claim(agent)), ['m4'])
    })

    test('takes nothing of another address, nothing alone, and nothing from behind it', async ({
      agent,
    }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2', { reference: reference('2', dm('bob')) }))
      await agent.accept(message('m3'))
      const { lease } = await claim(agent)
      assert.deepEqual(await agent.extend(lease, { limit: 9 }), [])
      await agent.commit(lease, turn('t1'))
      await agent.commit((await claim(agent)).lease, turn('t2'))
      await agent.accept(message('m4', { alone: true }))
      const third = await claim(agent)
      assert.deepEqual(idsOf(third), ['m3'])
      assert.deepEqual(await agent.extend(third.lease, { limit: 9 }), [])
      await agent.commit(third.lease, turn('t3'))
      const alone = await claim(agent)
      await agent.accept(message('m5'))
      assert.deepEqual(await agent.extend(alone.lease, { limit: 9 }), [])
    })

    test('leaves a message alone that was begun too often', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      const { lease } = await claim(agent, { limit: 2 })
      await agent.release(lease, { retryAt: clock.now(), reason: 'busy' })
      const next = await claim(agent)
      assert.deepEqual(await agent.extend(next.lease, { limit: 9, maxAttempts: 1 }), [])
      const [m2] = await agent.extend(next.lease, { limit: 9, maxAttempts: 2 })
      assert.equal(m2?.attempt, 2)
    })

    test('is fenced, and a lost turn gives back what it took', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      const lost = await claim(agent)
      await agent.extend(lost.lease, { limit: 1 })
      clock.advance(LEASE_MS)
      const work = await claim(agent, { owner: 'other' })
      assert.deepEqual(idsOf(work), ['m1'])
      await agent.accept(message('m3'))
      await rejectsWith('LEASE_LOST', agent.extend(lost.lease, { limit: 1 }))
      const more = await agent.extend(work.lease, { limit: 9 })
      assert.deepEqual(
        more.map(({ id, attempt }) => [id, attempt]),
        [
          ['m2', 2],
          ['m3', 1],
        ],
      )
      assert.deepEqual(await agent.commit(work.lease, turn('t1')), { more: false })
    })

    test('survives a restart as what the lost turn had', async ({ agent, clock, reopen }) => {
      if (reopen === undefined) return
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      const { lease } = await claim(agent)
      await agent.extend(lease, { limit: 1 })
      const again = (await reopen()).agent(agent.agentId)
      clock.advance(LEASE_MS)
      const work = await claim(again, { limit: 9 })
      assert.deepEqual(
        work.messages.map(({ id, attempt }) => [id, attempt]),
        [
          ['m1', 2],
          ['m2', 2],
        ],
      )
    })
  })

  group('an attempt that does not count', () => {
    test('leaves the number as it was, and keeps journal and draft', async ({ agent, clock }) => {
      const call = { callId: 'c1', name: 'pay', input: {} }
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      for (let n = 0; n < 5; n += 1) {
        const work = await claim(agent, { maxAttempts: 1 })
        assert.equal(work.messages[0]?.attempt, 1)
        if (n === 0) await agent.journal(work.lease, call)
        assert.deepEqual(work.calls, n === 0 ? [] : [call])
        const release = { retryAt: clock.now(), reason: 'newer', uncounted: true }
        await agent.release(work.lease, release)
      }
      await agent.amend(reference('native-m2'), { withdrawn: 'deleted' })
      assert.deepEqual((await claim(agent)).calls, [call])
    })
  })

  group('overflow', () => {
    const overflow = (id: string) => ({
      mostWaiting: 2,
      answer: () =>
        command(id, {
          deliveries: [delivery(`notice-${id}`)],
          outcome: { state: 'dead', reason: 'too many' },
        }),
    })

    test('answers the first message too many and records each, until one is accepted', async ({
      agent,
    }) => {
      const arrive = async (id: string): Promise<string> =>
        (await agent.accept(message(id), overflow(id))).status
      assert.equal(await arrive('m1'), 'accepted')
      // What a turn has taken does not wait.
      const { lease } = await claim(agent)
      const receipts: string[] = []
      for (const id of ['m2', 'm3', 'm4', 'm5']) receipts.push(await arrive(id))
      assert.deepEqual(receipts, ['accepted', 'accepted', 'full', 'full'])
      const [m4] = await agent.find('m4')
      const [m5] = await agent.find('m5')
      assert.deepEqual(
        [m4, m5].map((story) => [story?.message.state, story?.message.reason]),
        [
          ['dead', 'too many'],
          ['dead', 'too many'],
        ],
      )
      assert.deepEqual(
        [m4, m5].map((story) => story?.deliveries.map(({ id }) => id)),
        [['notice-m4'], []],
      )
      assert.equal(m4?.turns[0]?.outcome, 'command')
      assert.equal(
        (await agent.accept(message('again', { reference: reference('native-m5') }))).id,
        'm5',
      )
      await agent.commit(lease, turn('t1'))
      const next = await claim(agent)
      assert.deepEqual(idsOf(next), ['m2'])
      assert.equal(await arrive('m6'), 'accepted')
      assert.equal(await arrive('m7'), 'full')
      assert.equal((await agent.find('m7'))[0]?.deliveries.length, 1)
      await agent.commit(next.lease, turn('t2'))
      assert.deepEqual(idsOf(await claim(agent, { limit: 9 })), ['m3', 'm6'])
      assert.equal((await agent.session('lane'))?.turns, 2)
    })
  })

  group('answer', () => {
    test('ends a message at once and leaves the lane as it was', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.accept(message('m2'))
      let seen: Backlog | undefined
      clock.advance(5)
      const before = await agent.session('lane')
      const receipt = await agent.answer(message('c1'), (lane) => {
        seen = lane
        return command('t1', { deliveries: [delivery('d1', { messageId: 'c1' })] })
      })
      assert.deepEqual(receipt, { status: 'answered', id: 'c1' })
      assert.deepEqual(
        seen?.messages.map(({ id, state }) => [id, state]),
        [
          ['m1', 'claimed'],
          ['m2', 'pending'],
        ],
      )
      const [story] = await agent.find('c1')
      assert.equal(story?.message.state, 'done')
      assert.equal(story?.message.attempt, 0)
      assert.deepEqual(
        story?.turns.map(({ id }) => id),
        ['t1'],
      )
      assert.deepEqual(
        story?.deliveries.map(({ id, state }) => [id, state]),
        [['d1', 'pending']],
      )
      assert.deepEqual(await agent.session('lane'), before)
      assert.deepEqual(await agent.commit(lease, turn('t2')), { more: true })
      assert.deepEqual(idsOf(await claim(agent, { limit: 9 })), ['m2'])
      assert.equal((await agent.counts()).inbox.done, 2)
    })

    test('knows a repeat, whoever stored the message first, and decides nothing then', async ({
      agent,
    }) => {
      const decide = (): Answer => assert.fail('nothing is to be decided')
      await agent.answer(message('c1'), () => command('t1'))
      await agent.accept(message('m1'))
      const again = message('x', { reference: reference('native-c1') })
      assert.deepEqual(await agent.answer(again, decide), { status: 'duplicate', id: 'c1' })
      assert.deepEqual(await agent.accept(again), { status: 'duplicate', id: 'c1' })
      const other = message('y', { reference: reference('native-m1') })
      assert.deepEqual(await agent.answer(other, decide), { status: 'duplicate', id: 'm1' })
    })

    test('works where nothing was ever stored, and needs no lane', async ({ agent }) => {
      await agent.answer(message('c1'), ({ messages, calls }) => {
        assert.deepEqual([messages, calls], [[], []])
        return command('t1')
      })
      assert.equal(await tryClaim(agent), undefined)
      assert.deepEqual(await agent.dueLanes({ limit: 9 }), [])
    })

    test('writes nothing when it is not decided', async ({ agent }) => {
      const decide = (): Answer => {
        throw new Error('no idea')
      }
      await assert.rejects(agent.answer(message('c1'), decide))
      assert.deepEqual(await agent.find('c1'), [])
      assert.deepEqual(await agent.sessions(), [])
    })

    test('stops the lane: what ran and what waits ends dead, and the turn has lost its lease', async ({
      agent,
    }) => {
      const call = { callId: 'c1', name: 'pay', input: {} }
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.journal(lease, call)
      await agent.draft(lease, { address: dm(), nativeId: 'n1' })
      await agent.accept(message('m2'))
      await agent.accept(message('other', { sessionKey: 'other' }))
      let calls: Backlog['calls'] = []
      await agent.answer(message('stop'), (lane) => {
        calls = lane.calls
        const transcript = [{ role: 'user' as const, parts: ['m1'], messageId: 'm1' }]
        return command('t1', { transcript, stop: 'stopped by /stop' })
      })
      assert.deepEqual(calls, [call])
      for (const id of ['m1', 'm2']) {
        const [story] = await agent.find(id)
        assert.equal(story?.message.state, 'dead')
        assert.equal(story?.message.reason, 'stopped by /stop')
        assert.equal(story?.message.turnId, 't1')
      }
      assert.equal((await agent.find('stop'))[0]?.message.state, 'done')
      await rejectsWith('LEASE_LOST', agent.commit(lease, turn('t2')))
      assert.equal(await agent.renew(lease, LEASE_MS), undefined)
      assert.equal((await agent.transcript('lane', { limit: 9 }))[0]?.messageId, 'm1')
      assert.equal((await agent.find('other'))[0]?.message.state, 'pending')
      await agent.accept(message('m3'))
      const next = await claim(agent, { sessionKey: 'lane' })
      assert.deepEqual(idsOf(next), ['m3'])
      assert.deepEqual([next.calls, next.draft], [[], undefined])
      assert(next.lease.token > lease.token)
    })

    test('survives a restart with what it changed', async ({ agent, reopen }) => {
      if (reopen === undefined) return
      await agent.accept(message('m1'))
      await agent.answer(message('c1'), () =>
        command('t1', { stop: 'stopped', session: { settings: { queue: 'steer' } } }),
      )
      const again = (await reopen()).agent(agent.agentId)
      assert.equal((await again.find('m1'))[0]?.message.reason, 'stopped')
      assert.deepEqual((await again.session('lane'))?.settings, { queue: 'steer' })
      assert.equal(await tryClaim(again), undefined)
    })
  })

  group('session', () => {
    test('keeps settings through turns; null removes one', async ({ agent }) => {
      const set = (n: number, settings: { [name: string]: string | null }) =>
        agent.answer(message(`c${n}`), () => command(`t${n}`, { session: { settings } }))
      await answer(agent, 'm1', [])
      assert.deepEqual((await agent.session('lane'))?.settings, {})
      await set(1, { queue: 'collect', model: 'a/b' })
      await set(2, { model: 'c/d' })
      await answer(agent, 'm2', [])
      assert.deepEqual((await agent.session('lane'))?.settings, { queue: 'collect', model: 'c/d' })
      await set(3, { model: null, absent: null })
      assert.deepEqual((await agent.session('lane'))?.settings, { queue: 'collect' })
      assert.equal((await agent.session('lane'))?.turns, 2)
    })

    test('begins a new conversation: what was said before stays, and is not part of it', async ({
      agent,
    }) => {
      const said = (text: string) => [{ role: 'user' as const, parts: [text] }]
      await agent.accept(message('m1'))
      const first = await claim(agent)
      await agent.commit(first.lease, turn('t1', { transcript: said('old') }))
      await agent.accept(message('m2'))
      const second = await claim(agent)
      const session = { sessionId: 'session_new' }
      await agent.commit(second.lease, turn('t2', { transcript: said('new'), session }))
      const read = async (current: boolean): Promise<unknown> =>
        (await agent.transcript('lane', { limit: 9, current })).map(({ parts }) => parts[0])
      assert.deepEqual(await read(true), ['new'])
      assert.deepEqual(await read(false), ['old', 'new'])
      const now = await agent.session('lane')
      assert.equal(now?.sessionId, 'session_new')
      assert.deepEqual([now?.turns, now?.inputTokens], [1, 11])
      await agent.answer(message('c1'), () => command('t3', { session: { sessionId: 'next' } }))
      assert.deepEqual(await read(true), [])
      assert.equal((await agent.session('lane'))?.turns, 0)
    })
  })
}
