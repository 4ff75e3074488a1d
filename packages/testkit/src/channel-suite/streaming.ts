import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import type { Address, ChannelError, MessageStreams, SendOptions, Sent } from '@junctor/channel'
import type { ChannelHarness } from './harness.ts'
import type { Bench, Session } from './session.ts'
import type { SuiteCase } from './suite-case.ts'

const applies: SuiteCase['applies'] = ({ stream = false }) => stream !== false

export const streamingCases: readonly SuiteCase[] = [
  {
    name: 'shows a message while it grows, and leaves it whole',
    applies,
    async run(bench) {
      const { append, finish, shown } = await begin(bench, 'one')
      deepEqual(await shown(), ['one'])
      await append(' two')
      deepEqual(await shown(), ['one two'])
      await finish(' three')
      deepEqual(await shown(), ['one two three'])
    },
  },
  {
    name: 'joins the pieces of a stream, wherever they were cut',
    applies,
    async run(bench) {
      const text = 'Some **bold** `<b> & c` [link](https://example.org) 👩‍👩‍👧 é.'
      const { append, finish, shown } = await begin(bench, text.slice(0, 1))
      for (let at = 1; at < text.length; at += 1) await append(text.slice(at, at + 1))
      await finish('')
      const whole = await begin(bench, text)
      await whole.finish('')
      const [pieces, once] = await shown()
      equal(pieces, once)
      ok(pieces?.isWellFormed())
    },
  },
  {
    name: 'takes a finished stream for a message like any other',
    applies,
    async run(bench) {
      const { finish, edit, shown } = await begin(bench, 'draft')
      await finish('')
      await edit('answer')
      deepEqual(await shown(), ['answer'])
    },
  },
  {
    name: 'ends an open stream with an edit, which sets its whole text',
    applies,
    async run(bench) {
      const { append, edit, shown } = await begin(bench, 'half a dra')
      await edit('the answer')
      deepEqual(await shown(), ['the answer'])
      const error = await bench.failure(append('ft'), 'append')
      notEqual(error.code, 'RATE_LIMITED')
      deepEqual(await shown(), ['the answer'])
    },
  },
  {
    name: 'adds nothing to a stream that is over',
    applies,
    async run(bench) {
      const { append, finish, shown } = await begin(bench, 'done')
      await finish('')
      for (const add of [append, finish])
        notEqual((await bench.failure(add(' late'), 'a late piece')).code, 'RATE_LIMITED')
      deepEqual(await shown(), ['done'])
    },
  },
  {
    name: 'adds nothing when a stream is rate limited, and goes on when it is asked again',
    applies,
    async run(bench) {
      const { append, finish, shown } = await begin(bench, 'one')
      for (const add of [append, finish]) {
        bench.harness.faultStream?.({ kind: 'rate-limit', retryAfterMs: 2000 })
        const error = await bench.failure(add(' two'), 'a limited piece')
        deepEqual([error.code, error.retryAfterMs], ['RATE_LIMITED', 2000])
      }
      deepEqual(await shown(), ['one'])
      await append(' two')
      await finish(' three')
      deepEqual(await shown(), ['one two three'])
    },
  },
  {
    name: 'reports UNKNOWN when a stream was begun or grew and the answer got lost',
    applies,
    async run(bench) {
      const { append, edit, shown } = await begin(bench, 'one')
      bench.harness.faultStream?.({ kind: 'drop-after' })
      equal((await bench.failure(append(' two'), 'append')).code, 'UNKNOWN')
      await edit('one two')
      deepEqual(await shown(), ['one two'])
      bench.harness.faultStream?.({ kind: 'drop-after' })
      equal((await bench.failure(begin(bench, 'again'), 'begin')).code, 'UNKNOWN')
      deepEqual(await shown(), ['one two', 'again'])
    },
  },
  {
    name: 'streams, or says UNSUPPORTED and posts nothing',
    applies,
    async run(bench) {
      const { harness, within } = bench
      const { connection } = await bench.open()
      const streams = streamsOf(connection.stream)
      const message = { text: 'hello', format: 'markdown' } as const
      const begun = streams.begin(harness.address, message, optionsOf(harness))
      const outcome = await within(
        begun.then(
          () => undefined,
          (error: unknown) => error as ChannelError,
        ),
        'begin',
      )
      const texts = (await harness.shown()).map(({ text }) => text)
      deepEqual(texts, outcome === undefined ? ['hello'] : [])
      if (outcome !== undefined) equal(outcome.code, 'UNSUPPORTED')
    },
  },
]

interface Begun {
  readonly append: (text: string) => Promise<void>
  readonly finish: (text: string) => Promise<void>
  readonly edit: (text: string) => Promise<void>
  /** The texts of the conversation. */
  readonly shown: () => Promise<readonly string[]>
}

const opened = new WeakMap<Bench, Session>()

/** A stream where the platform certainly has streams. */
async function begin(bench: Bench, text: string): Promise<Begun> {
  const { harness, within } = bench
  const session = opened.get(bench) ?? (await bench.open())
  opened.set(bench, session)
  const to: Address = harness.threadAddress ?? harness.address
  const streams = streamsOf(session.connection.stream)
  const message = { text, format: 'markdown' } as const
  const { nativeId }: Sent = await within(streams.begin(to, message, optionsOf(harness)), 'begin')
  const options = (): SendOptions => ({
    idempotencyKey: crypto.randomUUID(),
    signal: AbortSignal.timeout(bench.patienceMs),
  })
  return {
    append: (piece) => within(streams.append(to, nativeId, piece, options()), 'append'),
    finish: (piece) => within(streams.finish(to, nativeId, piece, options()), 'finish'),
    async edit(whole) {
      const change = { text: whole, format: 'markdown' } as const
      const { edit } = session.connection
      if (edit === undefined) throw new Error('The connection lacks `edit`')
      await within(edit(to, nativeId, change, options()), 'edit')
    },
    shown: async () => (await harness.shown()).map((shown) => shown.text),
  }
}

function optionsOf({ recipientId }: ChannelHarness<unknown>) {
  return {
    idempotencyKey: crypto.randomUUID(),
    signal: AbortSignal.timeout(5000),
    ...(recipientId === undefined ? {} : { recipientId }),
  }
}

function streamsOf(streams: MessageStreams | undefined): MessageStreams {
  if (streams === undefined) throw new Error('The connection lacks `stream`')
  return streams
}
