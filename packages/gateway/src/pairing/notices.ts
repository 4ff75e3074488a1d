import type { Logger } from '@junctor/channel'
import type { DeliveryOutcome } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { createDeadline } from '../deadline.ts'
import { deliver } from '../delivery/deliver.ts'
import type { Notice, PairingBook } from './book.ts'

export interface NoticesOptions {
  readonly book: PairingBook
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  readonly now: () => number
  readonly random: () => number
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Sends what the gateway itself has to tell people. A notice stays in the store until it has an outcome. */
export interface Notices {
  /** Look for notices and try each that is due once. One look at a time; never rejects. */
  send(): Promise<void>
}

interface Tries {
  readonly attempts: number
  readonly unknowns: number
  readonly retryAt: number
}

const TIMEOUT_MS = 30_000
/** A platform that takes a message and cuts the answer off must not get it without end. */
const MOST_UNKNOWNS = 3
const FIRST_TRY: Tries = { attempts: 0, unknowns: 0, retryAt: 0 }

export function createNotices(options: NoticesOptions): Notices {
  const { book, now, log, signal } = options
  const tries = new Map<string, Tries>()
  let sending = Promise.resolve()

  const attempt = async (notice: Notice): Promise<void> => {
    const { id, address, text, at } = notice
    const before = tries.get(id) ?? FIRST_TRY
    if (before.retryAt > now()) return
    using deadline = createDeadline(signal, TIMEOUT_MS, () => new Error('It took too long.'))
    const outcome = await deliver({
      delivery: {
        id,
        address,
        body: { text, format: 'plain' },
        sessionKey: '',
        turnId: '',
        state: 'sending',
        attempts: before.attempts + 1,
        unknowns: before.unknowns,
        createdAt: at,
      },
      target: options.connection(address.channel, address.accountId),
      now,
      random: options.random,
      signal: deadline.signal,
    })
    const next = nextTry(before, outcome, now())
    if (next !== undefined) {
      tries.set(id, next)
      return
    }
    if (outcome.state === 'sent') log.info({ id, ...address }, 'a notice was sent')
    else log.warn({ id, ...address }, `a notice could not be sent: ${outcome.error}`)
    tries.delete(id)
    await book.update(address.channel, (page) => ({
      page: { ...page, notices: page.notices.filter((other) => other.id !== id) },
      result: undefined,
    }))
  }

  const look = async (): Promise<void> => {
    try {
      const waiting = (await book.pages()).flatMap(({ notices }) => notices)
      for (const id of tries.keys())
        if (waiting.every((notice) => notice.id !== id)) tries.delete(id)
      for (const notice of waiting) {
        if (signal.aborted) return
        await attempt(notice)
      }
    } catch (error) {
      log.error({ error: String(error) }, 'notices could not be sent')
    }
  }

  return { send: () => (sending = sending.then(look)) }
}

/** Undefined when nothing is to be tried any more. */
function nextTry(before: Tries, outcome: DeliveryOutcome, at: number): Tries | undefined {
  const attempts = before.attempts + 1
  switch (outcome.state) {
    case 'pending':
      return { ...before, attempts, retryAt: outcome.retryAt }
    case 'unknown': {
      const unknowns = before.unknowns + 1
      return unknowns < MOST_UNKNOWNS ? { attempts, unknowns, retryAt: at } : undefined
    }
    case 'sent':
    case 'failed':
      return undefined
  }
}
