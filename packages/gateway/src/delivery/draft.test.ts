import {
  ChannelError,
  type Address,
  type Capabilities,
  type Channel,
  type ChannelErrorCode,
  type Connection,
} from '@junctor/channel'
import type { Draft } from '@junctor/store'
import { createSimChannel } from '@junctor/testkit'
import { describe, expect, it } from 'vitest'
import { createLiveDraft, type LiveDraft } from './draft.ts'

const thread: Address = {
  channel: 'desk',
  accountId: 'a',
  peer: { kind: 'group', id: 'g' },
  threadId: 't',
}
const { capabilities: everything } = createSimChannel().channel

interface Stage {
  readonly draft: LiveDraft
  /** What was called, with its text. */
  readonly calls: readonly string[]
  readonly notes: readonly Draft[]
  /** Resolves when so many calls have been made. */
  until(count: number): Promise<void>
}

/** Calls that fail, by their name: once for each code, in order. */
type Failures = Readonly<Record<string, ChannelErrorCode[]>>

function stage(
  failures: Failures = {},
  more: { readonly left?: Draft; readonly capabilities?: Partial<Capabilities> } = {},
): Stage {
  const calls: string[] = []
  const notes: Draft[] = []
  const waiters: { readonly count: number; readonly resolve: () => void }[] = []
  const call = async (name: string, text: string): Promise<void> => {
    calls.push(`${name} ${text}`.trim())
    for (const { count, resolve } of waiters) if (calls.length >= count) resolve()
    const code = failures[name]?.shift()
    if (code === undefined) return
    const wait = code === 'RATE_LIMITED' ? { retryAfterMs: 1 } : {}
    throw new ChannelError('desk', code, code, wait)
  }
  const sent = { nativeId: 'n1', sentAt: 1 }
  const connection: Connection = {
    send: (_to, { text, agentId }) => call('send', `${text} by ${agentId}`).then(() => sent),
    edit: (_to, _id, { text, agentId }) => call('edit', `${text} by ${agentId}`),
    stream: {
      begin: (_to, { text, replyTo }, { recipientId }) =>
        call('begin', `${text} for ${recipientId} on ${replyTo}`).then(() => sent),
      append: (_to, _id, text) => call('append', `"${text}"`),
      finish: (_to, _id, text) => call('finish', `"${text}"`),
    },
    async close() {},
  }
  const channel: Channel = {
    spec: 'channel-v1',
    id: 'desk',
    capabilities: { ...everything, maxTextLength: 100, ...more.capabilities },
    config: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    open: async () => connection,
  }
  const draft = createLiveDraft({
    agentId: 'main',
    address: thread,
    replyTo: 'm1',
    recipientId: 'p1',
    target: { channel, connection },
    ...(more.left ? { left: more.left } : {}),
    note: async (noted) => void notes.push(noted),
    id: 'out_1',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    now: () => 1,
    signal: new AbortController().signal,
  })
  return {
    draft,
    calls,
    notes,
    until: (count) =>
      new Promise((resolve) => {
        waiters.push({ count, resolve })
        if (calls.length >= count) resolve()
      }),
  }
}

/** Says each text once the calls before it have been made. */
async function write({ draft, until, calls }: Stage, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const before = calls.length
    draft.update(text)
    await until(before + 1)
    // The answer to the call, too.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a live draft', () => {
  it('names its agent when it is posted and whenever it is changed', async () => {
    const edited = stage({}, { capabilities: { stream: false } })
    await write(edited, 'Hel', 'Hello')
    expect(await edited.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
    expect(edited.calls).toEqual(['send Hel by main', 'edit Hello by main'])
  })

  it.each([false, { minIntervalMs: 0, drafts: false }] as const)(
    'shows nothing where no message can grow quietly (edit: %j)',
    async (edit) => {
      const silent = stage({}, { capabilities: { edit, stream: false } })
      silent.draft.update('Hello')
      // As long as it takes where messages can.
      await write(stage(), 'Hello')
      expect(await silent.draft.finish()).toEqual({ id: 'out_1', lost: 0 })
      expect(silent.calls).toEqual([])
    },
  )

  it('is a stream where the platform has them, and ends with all that was written', async () => {
    const streamed = stage()
    await write(streamed, 'Hel', 'Hello')
    streamed.draft.update('Hello you')
    expect(await streamed.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
    expect(await streamed.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
    const { calls } = streamed
    expect(calls.slice(0, 2)).toEqual(['begin Hel for p1 on m1', 'append "lo"'])
    expect(calls.at(-1)).toBe('finish " you"')
    expect(streamed.notes).toEqual([{ address: thread }, { address: thread, nativeId: 'n1' }])
  })

  it('of a turn that was given up ends with what is shown, and shows nothing more', async () => {
    const givenUp = stage()
    await write(givenUp, 'Hel')
    givenUp.draft.update('Hello you')
    expect(await givenUp.draft.abandon()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
    givenUp.draft.update('Hello you there')
    expect(await givenUp.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
    const { calls } = givenUp
    expect(calls.at(-1)).toBe('finish ""')
    expect(calls.filter((call) => call.startsWith('finish'))).toHaveLength(1)
  })

  it('is edited where this message cannot be a stream', async () => {
    const refused = stage({ begin: ['UNSUPPORTED'] })
    refused.draft.update('Hel')
    await refused.until(2)
    await write(refused, 'Hello')
    await refused.draft.finish()
    expect(refused.calls.slice(1)).toEqual(['send Hel by main', 'edit Hello by main'])
  })

  it.each(['INVALID', 'UNKNOWN', 'NOT_FOUND'] as const)(
    'goes on by edits when its stream takes no more: %s',
    async (code) => {
      const broken = stage({ append: [code] })
      await write(broken, 'a')
      broken.draft.update('a b')
      await broken.until(3)
      await write(broken, 'a b c')
      expect(await broken.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
      expect(broken.calls.slice(1)).toEqual([
        'append " b"',
        'edit a b by main',
        'edit a b c by main',
      ])
    },
  )

  it('adds a piece again that was only limited, and once', async () => {
    const limited = stage({ append: ['RATE_LIMITED'] })
    await write(limited, 'a', 'a b', 'a b c')
    await limited.draft.finish()
    expect(limited.calls.slice(1)).toEqual(['append " b"', 'append " b c"', 'finish ""'])
  })

  it('takes back what a stream cannot take back with an edit', async () => {
    const rewritten = stage()
    await write(rewritten, 'a b', 'x', 'x y')
    await rewritten.draft.finish()
    expect(rewritten.calls.slice(1)).toEqual(['edit x by main', 'edit x y by main'])
  })

  it('stays whatever it is when its stream cannot be finished', async () => {
    const open = stage({ finish: ['UNAVAILABLE'] })
    await write(open, 'a')
    expect(await open.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
  })

  it('goes on by edits with what an earlier attempt left', async () => {
    const left = stage({}, { left: { address: thread, nativeId: 'old' } })
    await write(left, 'again')
    expect(await left.draft.finish()).toEqual({ id: 'out_1', nativeId: 'old', lost: 0 })
    expect(left.calls).toEqual(['edit again by main'])
  })

  const single = { stream: false } as const
  const unknowing = { ...single, idempotentSend: false } as const

  it.each(['UNKNOWN', 'UNAVAILABLE'] as const)(
    'counts a first send as lost when the platform may have taken it: %s',
    async (code) => {
      const cut = stage({ send: [code] }, { capabilities: unknowing })
      await write(cut, 'a')
      const lost = code === 'UNKNOWN' ? 1 : 0
      expect(await cut.draft.finish()).toEqual({ id: 'out_1', lost })
    },
  )

  it('counts what earlier attempts lost, and writes that down', async () => {
    const left = { address: thread, lost: 1 }
    const again = stage({}, { capabilities: unknowing, left })
    await write(again, 'a')
    expect(await again.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 2 })
    expect(again.notes).toEqual([
      { address: thread, lost: 2 },
      { address: thread, nativeId: 'n1', lost: 2 },
    ])
  })

  it('loses nothing where the platform finds a message by its key', async () => {
    const capabilities = { ...single, idempotentSend: true }
    const again = stage({}, { capabilities, left: { address: thread } })
    await write(again, 'a')
    expect(await again.draft.finish()).toEqual({ id: 'out_1', nativeId: 'n1', lost: 0 })
  })
})
