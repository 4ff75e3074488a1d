import assert from 'node:assert/strict'
import type { MessageReference } from '@junctor/store'
import { claim, dm, message, reference, tryClaim, turn } from './samples.ts'
import type { Runner } from './runner.ts'

export function acceptCases({ group, test }: Runner): void {
  group('accept', () => {
    test('answers a repeat with the id of the first and keeps the first', async ({ agent }) => {
      assert.deepEqual(await agent.accept(message('m1')), { status: 'accepted', id: 'm1' })
      const repeat = message('m2', { reference: reference('native-m1'), body: { text: 'other' } })
      assert.deepEqual(await agent.accept(repeat), { status: 'duplicate', id: 'm1' })
      const { messages } = await claim(agent, { limit: 10 })
      assert.deepEqual(
        messages.map(({ id, body }) => ({ id, body })),
        [{ id: 'm1', body: message('m1').body }],
      )
    })

    test('still knows a repeat after the turn, and in another session', async ({ agent }) => {
      await agent.accept(message('m1'))
      await agent.commit((await claim(agent)).lease, turn('t1'))
      const repeat = message('m2', { reference: reference('native-m1'), sessionKey: 'other' })
      assert.equal((await agent.accept(repeat)).status, 'duplicate')
      assert.equal(await tryClaim(agent), undefined)
    })

    test('keeps ids apart that differ in case, in Unicode form or in where a colon stands', async ({
      agent,
    }) => {
      const composed = '\u00e9'
      const references: readonly MessageReference[] = [
        reference('a'),
        reference('A'),
        reference(''),
        reference(' a'),
        reference('a '),
        reference('a\u0000b'),
        reference('a\u0000c'),
        reference('\ud800'),
        reference('\ud801'),
        reference('\ufffd'),
        reference('\u0001"a"'),
        reference('😀'),
        reference(composed),
        reference(composed.normalize('NFD')),
        reference('01'),
        reference('1'),
        reference('1', dm('ALICE')),
        reference('1', dm('alice:1')),
        reference('1:1', dm('alice')),
        reference('1', dm('alice","1')),
        reference('1', dm('\ud800')),
        reference('1', dm('\ud801')),
        reference('1', { ...dm(), accountId: 'Main' }),
        reference('1', { ...dm(), channel: 'Telegram' }),
        reference('1', {
          channel: 'telegram:main',
          accountId: '',
          peer: { kind: 'dm', id: 'alice' },
        }),
        reference('1', {
          channel: 'telegram',
          accountId: ':main',
          peer: { kind: 'dm', id: 'alice' },
        }),
        reference('1', { ...dm(), peer: { kind: 'group', id: 'alice' } }),
        reference('1', { ...dm(), peer: { kind: 'channel', id: 'alice' } }),
      ]
      for (const [n, each] of references.entries())
        assert.equal(
          (await agent.accept(message(`m${n}`, { reference: each }))).status,
          'accepted',
          JSON.stringify(each),
        )
      for (const [n, each] of references.entries())
        assert.deepEqual(await agent.accept(message(`again${n}`, { reference: each })), {
          status: 'duplicate',
          id: `m${n}`,
        })
      for (const [n, each] of references.entries()) {
        const { messages, lease } = await claim(agent)
        assert.deepEqual(
          messages.map((taken) => taken.reference),
          [each],
        )
        await agent.commit(lease, turn(`t${n}`))
      }
    })

    test('does not count the thread: the same message in two threads is one', async ({ agent }) => {
      await agent.accept(message('m1', { reference: { ...reference('1'), threadId: 'a' } }))
      for (const threadId of ['b', ''])
        assert.deepEqual(
          await agent.accept(message('m2', { reference: { ...reference('1'), threadId } })),
          { status: 'duplicate', id: 'm1' },
        )
      assert.equal((await agent.accept(message('m3', { reference: reference('1') }))).id, 'm1')
    })

    test('gives back what it was given, with the time and without an attempt', async ({
      agent,
      clock,
    }) => {
      const given = message('m1', {
        reference: { ...reference('n1'), threadId: 't"1' },
        sessionKey: 'agent:atlas:dm:\u0000 Ä😀\ud800',
        body: { deep: [null, true, 1.5, 'ü\u0000\ud800', { '': [] }] },
        trace: ['why', { not: null }],
      })
      await agent.accept(given)
      const [story] = await agent.find('m1')
      assert.deepEqual(story?.message, {
        ...given,
        state: 'pending',
        attempt: 0,
        acceptedAt: clock.now(),
      })
    })

    test('lets exactly one of many simultaneous repeats in', async ({ agent }) => {
      const receipts = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          agent.accept(message(`m${n}`, { reference: reference('same') })),
        ),
      )
      const accepted = receipts.filter(({ status }) => status === 'accepted')
      assert.equal(accepted.length, 1)
      assert.deepEqual(new Set(receipts.map(({ id }) => id)), new Set([accepted[0]?.id]))
      assert.equal((await agent.counts()).inbox.pending, 1)
    })

    test('refuses an id of ours that is taken, and changes nothing', async ({ agent }) => {
      await agent.accept(message('m1'))
      await assert.rejects(agent.accept(message('m1', { reference: reference('other') })))
      assert.equal((await agent.counts()).inbox.pending, 1)
      const retry = message('m2', { reference: reference('other') })
      assert.equal((await agent.accept(retry)).status, 'accepted')
    })

    test('survives a restart', async ({ agent, reopen }) => {
      if (reopen === undefined) return
      await agent.accept(message('m1'))
      const again = (await reopen()).agent(agent.agentId)
      assert.equal(
        (await again.accept(message('m2', { reference: reference('native-m1') }))).id,
        'm1',
      )
      assert.deepEqual((await claim(again)).messages[0]?.body, message('m1').body)
    })
  })

  group('amend', () => {
    test('changes the body of a waiting message, whatever its thread', async ({ agent }) => {
      await agent.accept(message('m1', { reference: { ...reference('1'), threadId: 'a' } }))
      assert.equal(await agent.amend(reference('1'), { body: { text: 'edited' } }), 'amended')
      const { messages } = await claim(agent)
      assert.deepEqual(messages[0]?.body, { text: 'edited' })
      assert.equal(messages[0]?.reference.threadId, 'a')
    })

    test('ends a withdrawn message as dead, with the reason, and the lane goes on behind it', async ({
      agent,
    }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      assert.equal(await agent.amend(reference('native-m1'), { withdrawn: 'deleted' }), 'amended')
      const [story] = await agent.find('m1')
      assert.equal(story?.message.state, 'dead')
      assert.equal(story?.message.reason, 'deleted')
      assert.equal(story?.message.turnId, undefined)
      const work = await claim(agent, { limit: 10 })
      assert.deepEqual(
        work.messages.map(({ id }) => id),
        ['m2'],
      )
      assert.deepEqual(await agent.commit(work.lease, turn('t1')), { more: false })
    })

    test('leaves nothing to claim when the only message is withdrawn', async ({ agent }) => {
      await agent.accept(message('m1'))
      await agent.amend(reference('native-m1'), { withdrawn: 'deleted' })
      assert.equal(await tryClaim(agent), undefined)
      assert.deepEqual(await agent.dueLanes({ limit: 10 }), [])
      await agent.accept(message('m2'))
      assert.deepEqual(
        (await claim(agent)).messages.map(({ id }) => id),
        ['m2'],
      )
    })

    test('is too late for a message that a turn has, that was answered or withdrawn', async ({
      agent,
    }) => {
      const change = { body: { text: 'edited' } }
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      assert.equal(await agent.amend(reference('native-m1'), change), 'too-late')
      assert.equal(await agent.amend(reference('native-m1'), { withdrawn: 'deleted' }), 'too-late')
      await agent.commit(lease, turn('t1'))
      assert.equal(await agent.amend(reference('native-m1'), change), 'too-late')
      assert.deepEqual((await agent.find('m1'))[0]?.message.body, message('m1').body)
      await agent.accept(message('m2'))
      await agent.amend(reference('native-m2'), { withdrawn: 'deleted' })
      assert.equal(await agent.amend(reference('native-m2'), change), 'too-late')
    })

    test('does not know what was never accepted', async ({ agent }) => {
      assert.equal(await agent.amend(reference('1'), { withdrawn: 'deleted' }), 'unknown')
      await agent.accept(message('m1', { reference: reference('1') }))
      assert.equal(await agent.amend(reference('1', dm('bob')), { body: 1 }), 'unknown')
    })

    test('changes a message that was given back', async ({ agent, clock }) => {
      await agent.accept(message('m1'))
      const { lease } = await claim(agent)
      await agent.release(lease, { retryAt: clock.now(), reason: 'busy' })
      assert.equal(await agent.amend(reference('native-m1'), { body: 'edited' }), 'amended')
      assert.equal((await claim(agent)).messages[0]?.body, 'edited')
    })

    test('frees the lane at once when the message that it waits for is withdrawn', async ({
      agent,
      clock,
    }) => {
      await agent.accept(message('m1'))
      await agent.accept(message('m2'))
      const { lease } = await claim(agent)
      await agent.journal(lease, { callId: 'c1', name: 'pay', input: {} })
      await agent.draft(lease, { address: dm(), nativeId: 'd1' })
      await agent.release(lease, { retryAt: clock.now() + 1_000, reason: 'busy' })
      await agent.amend(reference('native-m1'), { withdrawn: 'deleted' })
      const work = await claim(agent)
      assert.deepEqual(
        work.messages.map(({ id }) => id),
        ['m2'],
      )
      assert.deepEqual(work.calls, [], 'calls of an attempt at another message')
      assert.equal(work.draft, undefined)
    })
  })
}
