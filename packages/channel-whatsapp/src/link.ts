import {
  createBackoff,
  type ChannelError,
  type ChannelHost,
  type HealthBoard,
} from '@junctor/channel'
import type { AccountStore } from './account-store.ts'
import type { Baileys, Credentials, Socket } from './baileys.ts'
import { explainEnd, type Verdict } from './endings.ts'
import { whatsAppError } from './errors.ts'
import type { Settings } from './options.ts'
import type { Stream } from './stream.ts'

/** Keeps one stream open: a new one whenever the old one ends, for as long as that makes sense. */
export interface Link {
  /** Resolves when the account can send for the first time; rejects when that is not to be expected. */
  open(): Promise<void>
  /** The open stream. While a broken one is replaced for the first time, waits for the outcome. */
  ready(signal: AbortSignal): Promise<Stream>
  close(): Promise<void>
}

export interface LinkOptions {
  readonly baileys: Baileys
  readonly host: ChannelHost
  readonly store: AccountStore
  readonly health: HealthBoard
  readonly settings: Settings
  readonly signal: AbortSignal
  readonly connect: (credentials: Credentials, onQr: OnQr) => Stream
  /** A phone has to link the account. */
  readonly onQr: OnQr
}

export type OnQr = (qr: string, socket: Socket) => void

const LONGEST_CONFLICT_PAUSE_MS = 60 * 60_000
/** A stream that lasted so long has ended the quarrel with another client. */
const PEACE_MS = 10 * 60_000

type State =
  | { readonly kind: 'open'; readonly stream: Stream }
  | { readonly kind: 'replacing'; readonly replaced: PromiseWithResolvers<Stream> }
  | { readonly kind: 'broken'; readonly error: ChannelError }

export function createLink(options: LinkOptions): Link {
  const { baileys, host, store, health, settings, signal } = options
  const { firstBackoffMs, maxBackoffMs, conflictPauseMs, random } = settings
  const backoff = createBackoff({ firstBackoffMs, maxBackoffMs, random })
  const conflicts = createBackoff({
    firstBackoffMs: conflictPauseMs,
    maxBackoffMs: LONGEST_CONFLICT_PAUSE_MS,
    random,
  })
  const opened = Promise.withResolvers<void>()
  let isOpened = false
  let state = replacing()
  let current: Stream | undefined

  const become = (next: State): void => {
    if (state.kind === 'replacing' && next.kind === 'open') state.replaced.resolve(next.stream)
    if (state.kind === 'replacing' && next.kind === 'broken') state.replaced.reject(next.error)
    state = next
  }

  const runOnce = async (): Promise<Verdict> => {
    const credentials = store.credentials() ?? baileys.initAuthCreds()
    const stream = options.connect(credentials, options.onQr)
    current = stream
    let openedAt: number | undefined
    void stream.opened.then(() => {
      openedAt = Date.now()
      isOpened = true
      become({ kind: 'open', stream })
      health.set('connection', { state: 'online' })
      opened.resolve()
      backoff.reset()
    })
    const end = await stream.ended
    current = undefined
    const verdict = explainEnd(end, credentials.account !== undefined)
    if (openedAt !== undefined && Date.now() - openedAt > PEACE_MS) conflicts.reset()
    const { error, isLasting } = verdict
    if (error && (openedAt === undefined || isLasting)) become({ kind: 'broken', error })
    else if (state.kind === 'open') become(replacing())
    return verdict
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const { next, error, health: healthAfter } = await runOnce()
      if (signal.aborted) return
      if (error && !isOpened && next !== 'link-again') return opened.reject(error)
      if (next === 'link-again') await store.forgetLogin()
      const pauses = next === 'yield' ? conflicts : backoff
      health.set('connection', healthAfter(pauses.failures))
      if (error) host.log.warn({ code: error.code, failures: pauses.failures + 1 }, error.message)
      if (next !== 'restart') await pauses.pause(signal)
    }
  }

  let running: Promise<void> | undefined

  return {
    async open() {
      running = run().catch((error: unknown) => opened.reject(error))
      const stopped = whatsAppError('CLOSED', 'the account was closed while it opened.')
      signal.addEventListener('abort', () => opened.reject(stopped), { once: true })
      await opened.promise
    },
    async ready(sending) {
      if (state.kind === 'open') return state.stream
      if (state.kind === 'broken') throw state.error
      return untilAborted(state.replaced.promise, sending)
    },
    async close() {
      await current?.end()
      await running
    },
  }
}

function replacing(): State {
  const replaced = Promise.withResolvers<Stream>()
  // Nobody may be waiting for it.
  replaced.promise.catch(() => {})
  return { kind: 'replacing', replaced }
}

function untilAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = (): void =>
      reject(whatsAppError('UNAVAILABLE', 'the call was aborted before it left.'))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
