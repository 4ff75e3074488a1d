import { describe, expect, it } from 'vitest'
import {
  ChannelError,
  type Channel,
  type ChannelHost,
  type Connection,
  type MessageStreams,
  type MessageEnvelope,
} from '@junctor/channel'
import { createSimChannel, type SimConfig } from '@junctor/testkit'
import { channelSuite, simHarness } from '@junctor/testkit/channel-suite'

type Break = (channel: Channel<SimConfig>) => Channel<SimConfig>

/** A channel whose host is not told the truth. */
const hostBreak =
  (change: (host: ChannelHost) => Partial<ChannelHost>): Break =>
  (channel) => ({
    ...channel,
    open: (config, host) => channel.open(config, { ...host, ...change(host) }),
  })

/** A channel that hands over something else than what came. */
const eventBreak = (change: (envelope: MessageEnvelope) => object): Break =>
  hostBreak((host) => ({
    receive: (envelope) => host.receive({ ...envelope, ...change(envelope as MessageEnvelope) }),
  }))

const connectionBreak =
  (change: (connection: Connection, host: ChannelHost) => Partial<Connection>): Break =>
  (channel) => ({
    ...channel,
    async open(config, host) {
      const connection = await channel.open(config, host)
      return { ...connection, ...change(connection, host) }
    },
  })

const sendBreak = (change: (send: Connection['send']) => Connection['send']): Break =>
  connectionBreak(({ send }) => ({ send: change(send) }))

/** Every failed send is tried once more. */
const retry: Break = sendBreak(
  (send) => (to, message, options) =>
    send(to, message, options).catch(() =>
      send(to, message, { ...options, idempotencyKey: `${options.idempotencyKey} again` }),
    ),
)

/** Every error of a send gets another code. */
const recode = (code: 'INVALID' | 'UNAVAILABLE' | 'RATE_LIMITED'): Break =>
  sendBreak(
    (send) => (to, message, options) =>
      send(to, message, options).catch((error: unknown) => {
        throw new ChannelError('sim', code, 'something', { cause: error })
      }),
  )

const outliveAbort: Break = hostBreak(() => ({ signal: new AbortController().signal }))
const early: Break = hostBreak((host) => ({
  async receive(envelope) {
    void host.receive(envelope).catch(() => {})
    return 'accepted'
  },
}))
const noMethod = (method: 'edit' | 'remove' | 'react' | 'typing'): Break =>
  connectionBreak(() => ({ [method]: async () => {} }))

/** Every call of a stream goes another way. */
const streamBreak = (change: (streams: MessageStreams) => Partial<MessageStreams>): Break =>
  connectionBreak(({ stream }) => (stream ? { stream: { ...stream, ...change(stream) } } : {}))

/** The calls of a stream that fail do so with another code. */
const streamRecode = (code: 'INVALID' | 'UNAVAILABLE'): Break =>
  streamBreak(({ begin, append }) => {
    const recoded = (error: unknown): never => {
      throw new ChannelError('sim', code, 'something', { cause: error })
    }
    return {
      begin: (...call) => begin(...call).catch(recoded),
      append: (...call) => append(...call).catch(recoded),
    }
  })

let copies = 0
let skipped = new WeakSet<object>()

/** For each rule a channel that breaks it. A rule that no broken channel can break would be worth nothing. */
const breaks: Readonly<Record<string, Break>> = {
  'hands over plain JSON that survives a round trip': eventBreak(() => ({ at: new Date() })),
  'keeps ids and texts exactly as the platform gave them': eventBreak(({ text }) => ({
    text: text.normalize('NFD').replaceAll('  ', ' '),
  })),
  'hands over what was written while it was closed': hostBreak((host) => ({
    async receive(envelope) {
      if (skipped.has(host)) return host.receive(envelope)
      skipped.add(host)
      return 'accepted'
    },
  })),
  'acknowledges an event only after receive has resolved': early,
  'offers an event again that could not be stored': early,
  'lets nothing overtake an event that could not be stored': hostBreak((host) => ({
    async receive(envelope) {
      return host.receive(envelope).catch(() => {
        setTimeout(() => void host.receive(envelope).catch(() => {}), 20)
        return 'accepted'
      })
    },
  })),
  'acknowledges duplicates and refused events': hostBreak((host) => ({
    async receive(envelope) {
      const outcome = await host.receive(envelope)
      if (outcome !== 'accepted') throw new Error(outcome)
      return outcome
    },
  })),
  'hands over every copy of an event under the same native id': eventBreak(({ nativeId }) => {
    copies += 1
    return { nativeId: `${nativeId}-${copies}` }
  }),
  'hands over the events of one peer in order, one at a time': early,
  'marks its own messages, and only those': eventBreak(({ sender }) => ({
    sender: { ...sender, isSelf: false },
  })),
  'takes an answer to its own message as a call': eventBreak(() => ({
    mentions: { self: false, ids: [] },
  })),
  'keeps threads apart': sendBreak(
    (send) =>
      ({ channel, accountId, peer }, message, options) =>
        send({ channel, accountId, peer }, message, options),
  ),
  'gives attachments by reference and their bytes on demand': connectionBreak(() => ({
    download: async () => ReadableStream.from([new Uint8Array(3)]),
  })),
  'posts a text once and returns the id that the platform gave it': sendBreak(
    (send) => async (to, message, options) => {
      await send(to, message, { ...options, idempotencyKey: 'first' })
      return send(to, message, options)
    },
  ),
  'posts plain text without reading markup into it': sendBreak(
    (send) => (to, message, options) =>
      send(to, { ...message, text: message.text.replaceAll('*', '') }, options),
  ),
  'posts markdown without losing its words, finished or not': sendBreak(
    (send) => (to, message, options) =>
      send(to, { ...message, text: message.text.replaceAll(/`[^`]*$/g, '') }, options),
  ),
  'takes a text as long as it declares, in one message': sendBreak(
    (send) => (to, message, options) => send(to, { ...message, text: `${message.text} ` }, options),
  ),
  'refuses a longer text with TOO_LARGE': sendBreak(
    (send) => (to, message, options) =>
      send(to, { ...message, text: message.text.slice(0, 4000) }, options),
  ),
  'reports a rate limit with the time to wait, and leaves the waiting to the caller':
    recode('RATE_LIMITED'),
  'reports UNKNOWN when a message was posted and the answer got lost': recode('UNAVAILABLE'),
  'reports UNAVAILABLE when the platform cannot be reached': recode('INVALID'),
  'never tries a failed message again by itself': retry,
  'gives a send up when its signal aborts': sendBreak(
    (send) => (to, message, options) =>
      send(to, message, { ...options, signal: new AbortController().signal }),
  ),
  'posts nothing when the signal is aborted already': sendBreak(
    (send) => (to, message, options) =>
      send(to, message, { ...options, signal: new AbortController().signal }),
  ),
  'keeps messages apart that are sent at the same time': sendBreak(
    (send) => (to, message, options) => send(to, message, { ...options, idempotencyKey: 'one' }),
  ),
  'answers the message it was told to': sendBreak(
    (send) =>
      (to, { text, format }, options) =>
        send(to, { text, format }, options),
  ),
  'posts one message for one idempotency key': sendBreak((send) => (to, message, options) => {
    copies += 1
    return send(to, message, { ...options, idempotencyKey: String(copies) })
  }),
  'posts files with their text': sendBreak(
    (send) =>
      (to, { text, format }, options) =>
        send(to, { text, format }, options),
  ),
  'changes a message in place': noMethod('edit'),
  'succeeds with an edit that changes nothing': connectionBreak(() => ({
    async edit() {
      throw new ChannelError('sim', 'INVALID', 'message is not modified')
    },
  })),
  'reports NOT_FOUND for an edit of a message that is gone': noMethod('edit'),
  'shows a message while it grows, and leaves it whole': streamBreak(() => ({ async append() {} })),
  'joins the pieces of a stream, wherever they were cut': streamBreak(({ append }) => ({
    append: (to, id, text, options) => append(to, id, text.toWellFormed(), options),
  })),
  'takes a finished stream for a message like any other': noMethod('edit'),
  'ends an open stream with an edit, which sets its whole text': noMethod('edit'),
  'adds nothing to a stream that is over': streamBreak(({ append }) => ({
    append: (...call) => append(...call).catch(() => {}),
  })),
  'adds nothing when a stream is rate limited, and goes on when it is asked again': streamBreak(
    ({ append }) => ({ append: (...call) => append(...call).catch(() => append(...call)) }),
  ),
  'reports UNKNOWN when a stream was begun or grew and the answer got lost':
    streamRecode('UNAVAILABLE'),
  'streams, or says UNSUPPORTED and posts nothing': streamRecode('INVALID'),
  'removes a message': noMethod('remove'),
  'reacts to a message': noMethod('react'),
  'shows that it is typing': noMethod('typing'),
  'declares exactly what it implements': (channel) => ({
    ...channel,
    capabilities: { ...channel.capabilities, edit: false },
  }),
  'accepts its own config and refuses nonsense': (channel) => ({
    ...channel,
    config: { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } },
  }),
  'rejects open with UNAUTHORIZED when the credentials are refused': (channel) => ({
    ...channel,
    open: (_config, host) => channel.open({}, host),
  }),
  'rejects open with a code worth another try when the platform cannot be reached': (channel) => ({
    ...channel,
    open: (config, host) =>
      channel.open(config, host).catch((error: unknown) => {
        throw new ChannelError('sim', 'UNAUTHORIZED', 'no', { cause: error })
      }),
  }),
  'throws errors of its own channel, without secrets in them or in the log': sendBreak(
    (send) => (to, message, options) =>
      send(to, message, options).catch(() => {
        const cause = new Error('request to https://example.org/botsim-secret-1 failed')
        throw new ChannelError('sim', 'UNKNOWN', 'no answer', { cause })
      }),
  ),
  'refuses to send after close with CLOSED': connectionBreak(() => ({ close: async () => {} })),
  'receives nothing after close': connectionBreak(() => ({ close: async () => {} })),
  'lets a send in flight finish before it has closed': connectionBreak(({ close }) => ({
    close: () => close({ signal: AbortSignal.abort() }),
  })),
  'cuts sends off when closing has to end': connectionBreak(({ close }) => ({
    close: () => close({ signal: new AbortController().signal }),
  })),
  "stops receiving when the host's signal aborts": (channel) =>
    outliveAbort(connectionBreak(() => ({ close: async () => {} }))(channel)),
  'reports an outage, comes back by itself and goes on receiving': hostBreak((host) => ({
    report: (health) => (health.state === 'online' ? host.report(health) : undefined),
  })),
  'says so when another process takes its connection over': hostBreak((host) => ({
    report: (health) => (health.state === 'online' ? host.report(health) : undefined),
  })),
  'asks for a login when its credentials are withdrawn': hostBreak((host) => ({
    report: (health) => (health.state === 'online' ? host.report(health) : undefined),
  })),
}

/** The suite's rules by name, for this channel. */
function collectRules(change: Break = (channel) => channel): Map<string, () => Promise<void>> {
  const rules = new Map<string, () => Promise<void>>()
  channelSuite({
    describe: (_name, body) => body(),
    it: (name, body) => void rules.set(name, body),
    name: 'collected',
    capabilities: createSimChannel().channel.capabilities,
    patienceMs: 250,
    harness: async () => {
      skipped = new WeakSet()
      const harness = await simHarness()
      return { ...harness, channel: change(harness.channel) }
    },
  })
  return rules
}

describe('the channel suite', () => {
  it('has a broken channel for each of its rules', () => {
    expect(Object.keys(breaks).sort()).toEqual([...collectRules().keys()].sort())
  })

  for (const [rule, change] of Object.entries(breaks)) {
    it(`fails a channel that breaks: ${rule}`, async () => {
      const run = collectRules(change).get(rule)
      await expect(run?.()).rejects.toThrow()
    })
  }

  describe('with rules that do not apply', () => {
    const rule = 'posts files with their text'
    const reason = 'files are shown elsewhere'
    const register = (notApplicable: Readonly<Record<string, string>>) => {
      const tests = new Map<string, () => Promise<void>>()
      channelSuite({
        describe: (_name, body) => body(),
        it: (name, body) => void tests.set(name, body),
        name: 'collected',
        capabilities: createSimChannel().channel.capabilities,
        notApplicable,
        harness: () => Promise.reject(new Error('nothing runs')),
      })
      return tests
    }

    it('asks all others', () => {
      const tests = register({ [rule]: reason })
      expect(tests.has(rule)).toBe(false)
      expect(tests.size).toBe(collectRules().size - 1)
    })

    it('refuses a name that no rule has, and an empty reason', () => {
      expect(() => register({ 'posts film': 'no screen' })).toThrow(/"posts film"/)
      expect(() => register({ [rule]: ' ' })).toThrow(/no reason for "posts files/)
    })
  })
})
