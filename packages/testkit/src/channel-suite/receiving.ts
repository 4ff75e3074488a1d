import { deepEqual, equal, ok } from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import type { Envelope } from '@junctor/channel'
import type { SuiteCase } from './suite-case.ts'

export const receivingCases: readonly SuiteCase[] = [
  {
    name: 'hands over plain JSON that survives a round trip',
    async run({ open, harness }) {
      const { received, until } = await open()
      harness.say({ text: 'hello' })
      await until(() => received.length === 1)
      deepEqual(JSON.parse(JSON.stringify(received[0])), received[0])
    },
  },
  {
    name: 'keeps ids and texts exactly as the platform gave them',
    async run({ open, harness }) {
      const { received, until } = await open()
      const text = 'Grüße,  *two* spaces — 👩‍👩‍👧 @nobody'
      const id = harness.say({ text })
      await until(() => received.length === 1)
      const message = messageOf(received[0])
      const { channel, accountId, peer } = harness.address
      equal(message.nativeId, id)
      equal(message.text, text)
      deepEqual(
        { channel: message.channel, accountId: message.accountId, peer: message.peer },
        {
          channel,
          accountId,
          peer,
        },
      )
      ok(message.sender.id !== '', 'the sender has an id')
      ok(Number.isSafeInteger(message.sentAt), 'sentAt is in whole milliseconds')
      ok(message.sentAt > Date.UTC(2001, 0, 1), 'sentAt is in milliseconds, not seconds')
    },
  },
  {
    name: 'hands over what was written while it was closed',
    async run({ open, harness }) {
      const id = harness.say({ text: 'anybody there?' })
      const { received, until } = await open()
      await until(() => received.some((event) => event.nativeId === id))
    },
  },
  {
    name: 'acknowledges an event only after receive has resolved',
    async run({ open, harness, patienceMs }) {
      const stored = Promise.withResolvers<'accepted'>()
      const { received, until } = await open({ receive: () => stored.promise })
      const id = harness.say({ text: 'hello' })
      await until(() => received.length === 1)
      await turns()
      deepEqual(harness.acknowledged(), [])
      stored.resolve('accepted')
      await harness.waitFor(() => harness.acknowledged().includes(id), { timeoutMs: patienceMs })
    },
  },
  {
    name: 'offers an event again that could not be stored',
    async run({ open, harness, patienceMs }) {
      const acknowledgedAtRetry: (readonly string[])[] = []
      let tries = 0
      const { received } = await open({
        async receive() {
          tries += 1
          if (tries > 1) acknowledgedAtRetry.push([...harness.acknowledged()])
          if (tries < 3) throw new Error('disk full')
          return 'accepted'
        },
      })
      const id = harness.say({ text: 'hello' })
      await harness.waitFor(() => harness.acknowledged().includes(id), { timeoutMs: patienceMs })
      deepEqual(
        received.map((event) => event.nativeId),
        [id, id, id],
      )
      deepEqual(acknowledgedAtRetry, [[], []])
    },
  },
  {
    name: 'lets nothing overtake an event that could not be stored',
    async run({ open, harness, patienceMs }) {
      let failures = 2
      const stored: string[] = []
      await open({
        async receive(event) {
          if (failures > 0) {
            failures -= 1
            throw new Error('disk full')
          }
          stored.push(event.nativeId)
          return 'accepted'
        },
      })
      const ids = ['one', 'two', 'three'].map((text) => harness.say({ text }))
      await harness.waitFor(() => ids.every((id) => harness.acknowledged().includes(id)), {
        timeoutMs: patienceMs,
      })
      deepEqual(stored, ids)
    },
  },
  {
    name: 'acknowledges duplicates and refused events',
    async run({ open, harness, patienceMs }) {
      await open({
        receive: async (event) => (messageOf(event).text === 'one' ? 'duplicate' : 'refused'),
      })
      const ids = ['one', 'two'].map((text) => harness.say({ text }))
      await harness.waitFor(() => ids.every((id) => harness.acknowledged().includes(id)), {
        timeoutMs: patienceMs,
      })
    },
  },
  {
    name: 'hands over every copy of an event under the same native id',
    async run({ open, harness }) {
      harness.fault('receive', { kind: 'duplicate' })
      const { received, until } = await open()
      const id = harness.say({ text: 'hello' })
      await until(() => received.length === 2)
      deepEqual(
        received.map((event) => event.nativeId),
        [id, id],
      )
    },
  },
  {
    name: 'hands over the events of one peer in order, one at a time',
    async run({ open, harness, patienceMs }) {
      let running = 0
      let most = 0
      const { received } = await open({
        async receive() {
          running += 1
          most = Math.max(most, running)
          await turns()
          running -= 1
          return 'accepted'
        },
      })
      const ids = Array.from({ length: 12 }, (_, index) => harness.say({ text: `m${index}` }))
      await harness.waitFor(() => harness.acknowledged().length >= ids.length, {
        timeoutMs: patienceMs,
      })
      deepEqual(
        received.map((event) => event.nativeId),
        ids,
      )
      equal(most, 1, 'events overlapped')
    },
  },
  {
    name: 'marks its own messages, and only those',
    async run({ open, harness }) {
      const { received, until } = await open()
      const own = harness.say({ text: 'from another device', self: true })
      const other = harness.say({ text: 'hello' })
      await until(() => received.some((event) => event.nativeId === other))
      for (const { nativeId, sender } of received) equal(sender.isSelf, nativeId === own)
    },
  },
  {
    name: 'takes an answer to its own message as a call',
    async run({ open, harness, within }) {
      const session = await open()
      const { nativeId } = await within(session.send('a question'), 'send')
      const id = harness.say({ text: 'an answer', replyTo: nativeId })
      await session.until(() => session.received.some((event) => event.nativeId === id))
      const message = messageOf(session.received.find((event) => event.nativeId === id))
      equal(message.mentions.self, true)
      equal(message.replyTo?.nativeId, nativeId)
    },
  },
  {
    name: 'keeps threads apart',
    applies: ({ threads }) => threads,
    async run({ open, harness, within }) {
      const { threadAddress } = harness
      ok(threadAddress?.threadId, 'the harness has a threadAddress')
      const { received, until, connection } = await open()
      harness.say({ text: 'outside' })
      harness.say({ text: 'inside', inThread: true })
      await until(() => received.length === 2)
      deepEqual(
        received.map((event) => event.threadId),
        [undefined, threadAddress.threadId],
      )
      const signal = AbortSignal.timeout(5000)
      const message = { text: 'answer', format: 'plain' } as const
      const sent = await within(
        connection.send(threadAddress, message, { idempotencyKey: 'thread', signal }),
        'send',
      )
      const posted = (await harness.shown()).find(({ id }) => id === sent.nativeId)
      equal(posted?.threadId, threadAddress.threadId)
    },
  },
  {
    name: 'gives attachments by reference and their bytes on demand',
    applies: ({ files }) => files !== false,
    async run({ open, harness, within }) {
      const { received, until, connection } = await open()
      const data = Uint8Array.from({ length: 3000 }, (_, index) => index % 251)
      harness.say({ text: 'look', file: { name: 'data.bin', data } })
      await until(() => received.length === 1)
      const { ref = '', sizeBytes } = messageOf(received[0]).attachments[0] ?? {}
      equal(sizeBytes, data.length)
      ok(connection.download, 'a channel that hands over attachments can download')
      const reading = connection.download(ref, { signal: AbortSignal.timeout(5000) })
      const bytes = await within(
        reading.then((stream) => new Response(stream).arrayBuffer()),
        'download',
      )
      deepEqual(new Uint8Array(bytes), data)
    },
  },
]

function messageOf(event: Envelope | undefined): Extract<Envelope, { type: 'message' }> {
  if (event?.type !== 'message') throw new Error(`Expected a message, got ${String(event?.type)}`)
  return event
}

/** Long enough for whatever should not happen to have been started. */
async function turns(): Promise<void> {
  for (let count = 0; count < 20; count += 1) await turn()
}
