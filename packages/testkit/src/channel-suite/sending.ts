import { deepEqual, equal, ok } from 'node:assert/strict'
import type { SuiteCase } from './suite-case.ts'

export const sendingCases: readonly SuiteCase[] = [
  {
    name: 'posts a text once and returns the id that the platform gave it',
    async run({ open, harness, within }) {
      const { send } = await open()
      const sent = await within(send('hello'), 'send')
      deepEqual(
        (await harness.shown()).map(({ id, text }) => ({ id, text })),
        [{ id: sent.nativeId, text: 'hello' }],
      )
      ok(Number.isSafeInteger(sent.sentAt) && sent.sentAt > Date.UTC(2001, 0, 1), 'sentAt is in ms')
    },
  },
  {
    name: 'posts plain text without reading markup into it',
    async run({ open, harness, within }) {
      const { send } = await open()
      const text = String.raw`*a* _b_ **c** [d](https://example.org) <b>e</b> &amp; \* # f 👩‍👩‍👧`
      await within(send(text), 'send')
      equal((await harness.shown())[0]?.text, text)
    },
  },
  {
    name: 'posts markdown without losing its words, finished or not',
    async run({ open, harness, within }) {
      const { send } = await open()
      for (const { text, words } of markdownSamples) {
        const sent = await within(send(text, { format: 'markdown' }), 'send')
        const shown = (await harness.shown()).find(({ id }) => id === sent.nativeId)?.text ?? ''
        for (const word of words.split(' '))
          ok(shown.includes(word), `"${word}" is missing: ${shown}`)
      }
    },
  },
  {
    name: 'takes a text as long as it declares, in one message',
    async run({ open, harness, within }) {
      const { send } = await open()
      const text = 'x'.repeat(harness.channel.capabilities.maxTextLength)
      for (const format of ['plain', 'markdown'] as const)
        await within(send(text, { format }), 'send')
      deepEqual(
        (await harness.shown()).map((message) => message.text.length),
        [text.length, text.length],
      )
    },
  },
  {
    name: 'refuses a longer text with TOO_LARGE',
    async run({ open, harness, failure }) {
      const { send } = await open()
      const text = 'x'.repeat(harness.channel.capabilities.maxTextLength + 1)
      equal((await failure(send(text), 'send')).code, 'TOO_LARGE')
      deepEqual(await harness.shown(), [])
    },
  },
  {
    name: 'reports a rate limit with the time to wait, and leaves the waiting to the caller',
    async run({ open, harness, failure }) {
      const { send } = await open()
      harness.fault('send', { kind: 'rate-limit', retryAfterMs: 2000 })
      const error = await failure(send('hello'), 'send')
      deepEqual([error.code, error.retryAfterMs], ['RATE_LIMITED', 2000])
      equal(harness.countCalls('send'), 1)
      deepEqual(await harness.shown(), [])
    },
  },
  {
    name: 'reports UNKNOWN when a message was posted and the answer got lost',
    async run({ open, harness, failure }) {
      const { send } = await open()
      harness.fault('send', { kind: 'drop-after' })
      equal((await failure(send('hello'), 'send')).code, 'UNKNOWN')
      equal((await harness.shown()).length, 1)
    },
  },
  {
    name: 'reports UNAVAILABLE when the platform cannot be reached',
    async run({ open, harness, failure }) {
      const { send } = await open()
      await harness.stop()
      equal((await failure(send('hello'), 'send')).code, 'UNAVAILABLE')
      deepEqual(await harness.shown(), [])
    },
  },
  {
    name: 'never tries a failed message again by itself',
    async run({ open, harness, failure }) {
      const { send } = await open()
      const effects = [{ kind: 'drop-before' }, { kind: 'status', status: 500 }] as const
      for (const [index, effect] of effects.entries()) {
        harness.fault('send', effect)
        const { code } = await failure(send('hello'), 'send')
        ok(code === 'UNKNOWN' || code === 'UNAVAILABLE', `${effect.kind} is ${code}`)
        equal(harness.countCalls('send'), index + 1)
      }
      deepEqual(await harness.shown(), [])
    },
  },
  {
    name: 'gives a send up when its signal aborts',
    async run({ open, harness, failure, patienceMs }) {
      const { send } = await open()
      harness.fault('send', { kind: 'silence' })
      const abort = new AbortController()
      const sending = failure(send('hello', { signal: abort.signal }), 'an aborted send')
      await harness.waitFor(() => harness.countCalls('send') === 1, { timeoutMs: patienceMs })
      abort.abort()
      equal((await sending).code, 'UNKNOWN')
    },
  },
  {
    name: 'posts nothing when the signal is aborted already',
    async run({ open, harness, failure }) {
      const { send } = await open()
      await failure(send('hello', { signal: AbortSignal.abort() }), 'an aborted send')
      deepEqual(await harness.shown(), [])
      equal(harness.countCalls('send'), 0)
    },
  },
  {
    name: 'keeps messages apart that are sent at the same time',
    async run({ open, harness, within }) {
      const { send } = await open()
      const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`)
      const sent = await within(Promise.all(texts.map((text) => send(text))), 'ten sends')
      const shown = new Map((await harness.shown()).map(({ id, text }) => [id, text]))
      deepEqual(
        sent.map(({ nativeId }) => shown.get(nativeId)),
        texts,
      )
    },
  },
  {
    name: 'answers the message it was told to',
    async run({ open, harness, within }) {
      const { send } = await open()
      const question = harness.say({ text: 'a question' })
      const { nativeId } = await within(send('an answer', { replyTo: question }), 'send')
      equal((await harness.shown()).find(({ id }) => id === nativeId)?.replyTo, question)
    },
  },
  {
    name: 'posts one message for one idempotency key',
    applies: ({ idempotentSend }) => idempotentSend,
    async run({ open, harness, within }) {
      const { send } = await open()
      const first = await within(send('hello', { idempotencyKey: 'same' }), 'send')
      const second = await within(send('hello', { idempotencyKey: 'same' }), 'send')
      equal(second.nativeId, first.nativeId)
      equal((await harness.shown()).length, 1)
    },
  },
  {
    name: 'posts files with their text',
    applies: ({ files }) => files !== false,
    async run({ open, harness, within }) {
      const { connection } = await open()
      const data = (): ReadableStream<Uint8Array> =>
        ReadableStream.from([new TextEncoder().encode('content')])
      const files = ['a.txt', 'b.txt'].map((name) => ({ name, mediaType: 'text/plain', data }))
      const options = { idempotencyKey: 'files', signal: AbortSignal.timeout(5000) }
      const message = { text: 'two files', format: 'plain', files } as const
      await within(connection.send(harness.address, message, options), 'send')
      const shown = await harness.shown()
      equal(
        shown.reduce((sum, posted) => sum + posted.files, 0),
        2,
      )
      deepEqual(shown.map(({ text }) => text).filter(Boolean), ['two files'])
    },
  },
]

const markdownSamples: readonly { readonly text: string; readonly words: string }[] = [
  {
    text: '# Title\n\nSome **bold**, _italic_ and `code`.\n\n- first\n- second',
    words: 'Title Some bold italic and code first second',
  },
  {
    text: '> quoted\n\n```ts\nconst answer = 42\n```\n\nand [a link](https://example.org/path)',
    words: 'quoted const answer = 42 and link',
  },
  {
    text: 'Half of an **answer that `is still being *written',
    words: 'Half of an answer that is still being written',
  },
  { text: 'Look:\n```js\nlet open = [', words: 'Look let open = [' },
  {
    text: '***both*** ~~gone~~ snake_case_name 2 * 3 * 4 👩‍👩‍👧 **é**',
    words: 'both gone snake_case_name 2 3 4 👩‍👩‍👧 é',
  },
]
