import {
  ChannelError,
  type Capabilities,
  type Channel,
  type ChannelErrorCode,
  type Connection,
  type Outbound,
} from '@junctor/channel'
import type { Delivery } from '@junctor/store'
import { describe, expect, it } from 'vitest'
import { deliver } from './deliver.ts'

const capabilities: Capabilities = {
  maxTextLength: 100,
  threads: false,
  files: false,
  edit: { minIntervalMs: 0 },
  remove: false,
  reactions: false,
  typing: false,
  idempotentSend: false,
}

function deliveryOf(changes: Partial<Delivery> = {}): Delivery {
  return {
    id: 'out_1',
    address: { channel: 'desk', accountId: 'a', peer: { kind: 'dm', id: 'p' } },
    body: { text: 'hello', format: 'markdown' },
    sessionKey: 's',
    turnId: 't',
    state: 'sending',
    attempts: 1,
    unknowns: 0,
    createdAt: 1_000,
    ...changes,
  }
}

interface Platform {
  readonly send?: ChannelErrorCode | 'crash'
  readonly edit?: ChannelErrorCode
  readonly retryAfterMs?: number
  readonly idempotentSend?: boolean
}

async function attempt(platform: Platform, delivery = deliveryOf(), now = 2_000) {
  const calls: string[] = []
  const messages: Outbound[] = []
  const fail = (code: ChannelErrorCode | 'crash' | undefined): void => {
    if (code === 'crash') throw new TypeError('a defect of the channel')
    if (code === undefined) return
    const { retryAfterMs } = platform
    throw new ChannelError('desk', code, code, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
  const connection: Connection = {
    async send(_to, message, { idempotencyKey }) {
      calls.push(`send ${message.text} ${idempotencyKey}`)
      messages.push(message)
      fail(platform.send)
      return { nativeId: 'n1', sentAt: now }
    },
    async edit(_to, nativeId, { text }) {
      calls.push(`edit ${nativeId} ${text}`)
      fail(platform.edit)
    },
    async close() {},
  }
  const { idempotentSend = false } = platform
  const channel: Channel = {
    spec: 'channel-v1',
    id: 'desk',
    capabilities: { ...capabilities, idempotentSend },
    config: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    open: async () => connection,
  }
  const outcome = await deliver({
    delivery,
    target: { channel, connection },
    now: () => now,
    random: () => 1,
    signal: new AbortController().signal,
  })
  return { outcome, calls, messages }
}

describe('a delivery', () => {
  it('is sent under its own id as the idempotency key', async () => {
    const { outcome, calls } = await attempt({})
    expect(outcome).toEqual({ state: 'sent', nativeId: 'n1', sentAt: 2_000 })
    expect(calls).toEqual(['send hello out_1'])
  })

  it('is never sent before it was made, whatever the clock of its platform says', async () => {
    const { outcome } = await attempt({}, deliveryOf({ createdAt: 2_400 }), 2_000)
    expect(outcome).toMatchObject({ state: 'sent', sentAt: 2_400 })
  })

  it('is handed over with everything its body says', async () => {
    const body = { text: 'hello', format: 'plain', agentId: 'main', replyTo: 'n0' } as const
    expect((await attempt({}, deliveryOf({ body }))).messages).toEqual([body])
    const { messages } = await attempt({})
    expect(messages).toEqual([{ text: 'hello', format: 'markdown' }])
  })

  it('waits as long as the platform says', async () => {
    const { outcome } = await attempt({ send: 'RATE_LIMITED', retryAfterMs: 7_000 })
    expect(outcome).toEqual({ state: 'pending', retryAt: 9_000, error: 'RATE_LIMITED' })
  })

  it('backs off from a platform that cannot be reached, up to a bound', async () => {
    const first = await attempt({ send: 'UNAVAILABLE' })
    expect(first.outcome).toMatchObject({ state: 'pending', retryAt: 3_000 })
    const late = await attempt({ send: 'UNAVAILABLE' }, deliveryOf({ attempts: 30 }))
    expect(late.outcome).toMatchObject({ state: 'pending', retryAt: 17_000 })
  })

  it('fails after a day of refusals', async () => {
    const nextDay = 1_000 + 24 * 60 * 60_000 + 1
    const { outcome } = await attempt({ send: 'UNAVAILABLE' }, deliveryOf(), nextDay)
    expect(outcome).toMatchObject({ state: 'failed' })
  })

  it.each(['NOT_FOUND', 'FORBIDDEN', 'TOO_LARGE', 'INVALID'] as const)(
    'fails for good on %s',
    async (code) => {
      expect((await attempt({ send: code })).outcome).toEqual({ state: 'failed', error: code })
    },
  )

  it.each(['UNKNOWN', 'crash'] as const)('is in doubt after %s', async (send) => {
    expect((await attempt({ send })).outcome).toMatchObject({ state: 'unknown' })
  })

  it('is simply tried again after UNKNOWN where the platform knows the key', async () => {
    const { outcome } = await attempt({ send: 'UNKNOWN', idempotentSend: true })
    expect(outcome).toMatchObject({ state: 'pending' })
  })

  it('replaces a draft', async () => {
    const { outcome, calls } = await attempt({}, deliveryOf({ editOf: 'd1' }))
    expect(outcome).toEqual({ state: 'sent', nativeId: 'd1', sentAt: 2_000 })
    expect(calls).toEqual(['edit d1 hello'])
  })

  it('tries an edit again whose outcome is unknown: it only sets a text', async () => {
    const { outcome } = await attempt({ edit: 'UNKNOWN' }, deliveryOf({ editOf: 'd1' }))
    expect(outcome).toMatchObject({ state: 'pending' })
  })

  it('is posted anew when the draft is gone, and is then in doubt like any other', async () => {
    const gone = await attempt({ edit: 'NOT_FOUND' }, deliveryOf({ editOf: 'd1' }))
    expect(gone.calls).toEqual(['edit d1 hello', 'send hello out_1'])
    expect(gone.outcome).toMatchObject({ state: 'sent', nativeId: 'n1' })
    const lost = await attempt({ edit: 'NOT_FOUND', send: 'UNKNOWN' }, deliveryOf({ editOf: 'd1' }))
    expect(lost.outcome).toMatchObject({ state: 'unknown' })
  })

  it('waits while its account is not connected', async () => {
    const outcome = await deliver({
      delivery: deliveryOf(),
      target: undefined,
      now: () => 2_000,
      random: () => 1,
      signal: new AbortController().signal,
    })
    expect(outcome).toMatchObject({ state: 'pending', error: 'desk/a is not connected' })
  })
})
