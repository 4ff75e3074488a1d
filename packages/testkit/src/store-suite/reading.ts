import assert from 'node:assert/strict'
import type { AgentStore, NewTranscriptMessage } from '@junctor/store'
import {
  answer,
  claim,
  claimDeliveries,
  delivery,
  dm,
  message,
  reference,
  sent,
  turn,
} from './samples.ts'
import type { Clock } from './clock.ts'
import type { Runner } from './runner.ts'

export function readingCases({ group, test }: Runner): void {
  group('transcript', () => {
    test('reads the newest messages, oldest first, and pages backwards by seq', async ({
      agent,
    }) => {
      for (const name of ['a', 'b', 'c']) await write(agent, name)
      const newest = await agent.transcript('lane', { limit: 4 })
      assert.deepEqual(textOf(newest), ['b user', 'b assistant', 'c user', 'c assistant'])
      const before = newest[0]?.seq ?? 0
      assert.deepEqual(textOf(await agent.transcript('lane', { limit: 4, before })), [
        'a user',
        'a assistant',
      ])
      assert.deepEqual(await agent.transcript('lane', { limit: 0 }), [])
      assert.deepEqual(await agent.transcript('Lane', { limit: 4 }), [])
      const all = await agent.transcript('lane', { limit: 100 })
      const numbers = all.map(({ seq }) => seq)
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
      )
      assert.equal(new Set(numbers).size, 6)
    })

    test('belongs to one session', async ({ agent }) => {
      await write(agent, 'a', 'x')
      await write(agent, 'b', 'y')
      assert.deepEqual(textOf(await agent.transcript('x', { limit: 10 })), [
        'a user',
        'a assistant',
      ])
    })
  })

  group('conversation', () => {
    test('shows what came and what was sent, in order of time', async ({ agent, clock }) => {
      await exchange(agent, clock, 'a')
      await exchange(agent, clock, 'b')
      const entries = await agent.conversation(dm(), { limit: 10 })
      assert.deepEqual(
        entries.map((entry) =>
          entry.type === 'in' ? `in ${entry.message.id}` : `out ${entry.delivery.id}`,
        ),
        ['in a', 'out d-a', 'in b', 'out d-b'],
      )
      const times = entries.map(({ at }) => at)
      assert.deepEqual(
        times,
        [...times].sort((one, other) => one - other),
      )
      const newest = await agent.conversation(dm(), { limit: 2 })
      assert.deepEqual(newest, entries.slice(2))
      const before = newest[0]?.at ?? 0
      assert.deepEqual(await agent.conversation(dm(), { limit: 10, before }), entries.slice(0, 2))
      assert.deepEqual(await agent.conversation(dm(), { limit: 0 }), [])
    })

    test('leaves out what was not sent, and other peers, kinds, accounts and threads', async ({
      agent,
      clock,
    }) => {
      await exchange(agent, clock, 'a')
      await answer(agent, 'b', [delivery('d-b')])
      const others = [
        dm('bob'),
        { ...dm(), accountId: 'second' },
        { ...dm(), channel: 'discord' },
        { ...dm(), threadId: '' },
        { ...dm(), peer: { kind: 'group', id: 'alice' } as const },
      ]
      for (const other of others)
        assert.deepEqual(await agent.conversation(other, { limit: 10 }), [])
      const entries = await agent.conversation(dm(), { limit: 10 })
      assert.deepEqual(
        entries.map(({ type }) => type),
        ['in', 'out', 'in'],
      )
      const address = { ...dm(), threadId: 't' }
      await agent.accept(message('c', { reference: { ...address, nativeId: 'c' } }))
      assert.equal((await agent.conversation(address, { limit: 10 })).length, 1)
      assert.equal((await agent.conversation(dm(), { limit: 10 })).length, 3)
    })
  })

  group('find', () => {
    test('tells the story of a message by every id that it has', async ({ agent }) => {
      await answer(agent, 'm1', [delivery('d1', { messageId: 'm1' }), delivery('d2')])
      await claimDeliveries(agent)
      await agent.settleDelivery('d1', sent('d1'))
      const [story, ...more] = await agent.find('m1')
      assert.deepEqual(more, [])
      assert.equal(story?.message.id, 'm1')
      assert.deepEqual(
        story?.turns.map(({ id }) => id),
        ['turn-m1'],
      )
      assert.deepEqual(
        story?.deliveries.map(({ id, state }) => `${id} ${state}`),
        ['d1 sent', 'd2 pending'],
      )
      for (const id of ['native-m1', 'd1', 'd2', 'sent-d1'])
        assert.deepEqual(await agent.find(id), [story], id)
      assert.deepEqual(await agent.find('M1'), [])
      assert.deepEqual(await agent.find('m'), [])
      assert.deepEqual(await agent.find(''), [])
    })

    test('gives every message that has the native id', async ({ agent }) => {
      await agent.accept(message('m1', { reference: reference('7') }))
      await agent.accept(message('m2', { reference: reference('7', dm('bob')) }))
      const stories = await agent.find('7')
      assert.deepEqual(stories.map((story) => story.message.id).sort(), ['m1', 'm2'])
    })

    test('finds all messages of a turn by a delivery that names none', async ({ agent }) => {
      for (const id of ['m1', 'm2', 'm3']) await agent.accept(message(id))
      const { lease } = await claim(agent, { limit: 2 })
      await agent.commit(lease, turn('t1', { deliveries: [delivery('d1')] }))
      assert.deepEqual(
        (await agent.find('d1')).map((story) => story.message.id),
        ['m1', 'm2'],
      )
    })
  })

  group('counts', () => {
    test('are zero in an empty store', async ({ agent }) => {
      assert.deepEqual(await agent.counts(), {
        inbox: { pending: 0, claimed: 0, done: 0, dead: 0 },
        outbox: { pending: 0, sending: 0, sent: 0, unknown: 0, failed: 0 },
        unknownDeliveries: 0,
        sessions: 0,
      })
      assert.deepEqual(await agent.sessions(), [])
      assert.equal(await agent.session('lane'), undefined)
    })

    test('follow every state', async ({ agent, clock }) => {
      const peers = ['a', 'b', 'c', 'd', 'e']
      await answer(
        agent,
        'm1',
        peers.map((id) => delivery(id, { address: dm(id) })),
      )
      await claimDeliveries(agent)
      await agent.settleDelivery('a', sent('a'))
      await agent.settleDelivery('b', { state: 'unknown', error: 'cut' })
      await agent.settleDelivery('c', { state: 'failed', error: 'blocked' })
      await agent.settleDelivery('d', { state: 'pending', retryAt: clock.now(), error: '429' })
      for (const id of ['m2', 'm3', 'm4']) await agent.accept(message(id))
      await agent.amend(reference('native-m2'), { withdrawn: 'deleted' })
      await claim(agent)
      await agent.accept(message('m5', { sessionKey: 'other' }))
      const { lease } = await claim(agent, { sessionKey: 'other' })
      await agent.commit(lease, turn('t5'))
      assert.deepEqual(await agent.counts(), {
        inbox: { pending: 1, claimed: 1, done: 2, dead: 1 },
        outbox: { pending: 1, sending: 1, sent: 1, unknown: 1, failed: 1 },
        unknownDeliveries: 1,
        sessions: 2,
      })
      assert.deepEqual((await agent.sessions()).map(({ sessionKey }) => sessionKey).sort(), [
        'lane',
        'other',
      ])
    })
  })
}

async function write(agent: AgentStore, name: string, sessionKey = 'lane'): Promise<void> {
  await agent.accept(message(name, { sessionKey }))
  const { lease } = await claim(agent, { sessionKey })
  const transcript: readonly NewTranscriptMessage[] = [
    { role: 'user', parts: [`${name} user`], messageId: name },
    { role: 'assistant', parts: [`${name} assistant`] },
  ]
  await agent.commit(lease, turn(`turn-${name}`, { transcript }))
}

function textOf(messages: readonly NewTranscriptMessage[]): readonly unknown[] {
  return messages.map(({ parts }) => parts[0])
}

async function exchange(agent: AgentStore, clock: Clock, id: string): Promise<void> {
  await answer(agent, id, [delivery(`d-${id}`)])
  clock.advance(10)
  await claimDeliveries(agent)
  await agent.settleDelivery(`d-${id}`, sent(id, clock.now()))
  clock.advance(10)
}
