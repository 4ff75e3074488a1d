import {
  ChannelError,
  type ChannelHost,
  type Connection,
  type Envelope,
  type Health,
  type Sent,
  type Vault,
} from '@junctor/channel'
import { createChangeWatch } from '../change-watch.ts'
import type { ChannelHarness } from './harness.ts'

export type Receive = (envelope: Envelope) => ReturnType<ChannelHost['receive']>

/** One account under test, and everything it said to its host. */
export interface Session {
  readonly harness: ChannelHarness<unknown>
  readonly connection: Connection
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  /** Everything the channel logged, as text. */
  readonly logged: readonly string[]
  readonly host: { abort(): void }
  /** Resolves once the predicate holds; looked at after every event and report. */
  until(predicate: () => boolean): Promise<void>
  send(text: string, options?: SendText): Promise<Sent>
  close(): Promise<void>
}

export interface SendText {
  readonly format?: 'plain' | 'markdown'
  readonly replyTo?: string
  readonly signal?: AbortSignal
  readonly idempotencyKey?: string
}

export interface OpenOptions {
  /** Default: accept everything. */
  readonly receive?: Receive
  readonly config?: unknown
}

export interface Bench {
  readonly harness: ChannelHarness<unknown>
  readonly patienceMs: number
  open(options?: OpenOptions): Promise<Session>
  /** Rejects when the promise takes longer than the suite's patience. */
  within<Result>(promise: Promise<Result>, what: string): Promise<Result>
  /** The error that the promise rejects with. */
  failure(promise: Promise<unknown>, what: string): Promise<ChannelError>
  dispose(): Promise<void>
}

export function createBench(harness: ChannelHarness<unknown>, patienceMs: number): Bench {
  const sessions: Session[] = []
  const vault = createVault()

  const within = async <Result>(promise: Promise<Result>, what: string): Promise<Result> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${what} took more than ${patienceMs} ms`)),
        patienceMs,
      )
    })
    return Promise.race([promise, late]).finally(() => clearTimeout(timer))
  }

  return {
    harness,
    patienceMs,
    within,
    async open(options = {}) {
      const session = await within(openSession({ harness, patienceMs, vault }, options), 'open')
      sessions.push(session)
      return session
    },
    failure(promise, what) {
      const failed = within(expectFailure(promise, what), what)
      // A rule may fail before it comes back to this one.
      failed.catch(() => {})
      return failed
    },
    async dispose() {
      const signal = AbortSignal.abort()
      for (const { connection, host } of sessions) {
        host.abort()
        await within(connection.close({ signal }), 'close').catch(() => {})
      }
      await harness.dispose()
    },
  }
}

async function expectFailure(promise: Promise<unknown>, what: string): Promise<ChannelError> {
  const error: unknown = await promise.then(
    () => new Error(`${what} should have failed`),
    (reason: unknown) => reason,
  )
  if (ChannelError.isInstance(error)) return error as ChannelError
  throw new Error(`${what} did not fail with a ChannelError`, { cause: error })
}

interface SessionPlace {
  readonly harness: ChannelHarness<unknown>
  readonly patienceMs: number
  readonly vault: Vault
}

/** What an account writes down is there when it is opened again. */
function createVault(): Vault {
  const entries = new Map<string, Uint8Array>()
  return {
    read: async (key) => entries.get(key),
    write: async (key, value) => void entries.set(key, value),
    remove: async (key) => void entries.delete(key),
  }
}

async function openSession(
  { harness, patienceMs, vault }: SessionPlace,
  { receive = async () => 'accepted', config = harness.config }: OpenOptions,
): Promise<Session> {
  const watch = createChangeWatch()
  const abort = new AbortController()
  const received: Envelope[] = []
  const health: Health[] = []
  const logged: string[] = []
  const log = (fields: object, message: string): void => {
    logged.push(`${message} ${describe(fields)}`)
  }
  const connection = await harness.channel.open(config, {
    accountId: harness.accountId,
    log: { debug: log, info: log, warn: log, error: log },
    vault,
    fetch: globalThis.fetch,
    signal: abort.signal,
    async receive(envelope) {
      received.push(envelope)
      watch.changed()
      return receive(envelope)
    },
    report(state) {
      health.push(state)
      watch.changed()
    },
  })
  let lastKey = 0

  return {
    harness,
    connection,
    received,
    health,
    logged,
    host: { abort: () => abort.abort() },
    until: (predicate) => watch.waitFor(predicate, { timeoutMs: patienceMs }),
    send(text, options = {}) {
      lastKey += 1
      const { format = 'plain', signal = AbortSignal.timeout(patienceMs), replyTo } = options
      const { idempotencyKey = `key-${lastKey}` } = options
      const message = { text, format, ...(replyTo === undefined ? {} : { replyTo }) }
      return connection.send(harness.address, message, { idempotencyKey, signal })
    },
    close: () => connection.close({ signal: AbortSignal.timeout(patienceMs) }),
  }
}

/** Everything an error or a log entry could give away, causes and stacks included. */
export function describe(value: unknown, depth = 0): string {
  if (depth > 8 || typeof value !== 'object' || value === null) return String(value)
  const own = value instanceof Error ? [value.message, value.stack, value.cause] : []
  return [...own, ...Object.entries(value).flat()]
    .map((part) => describe(part, depth + 1))
    .join(' ')
}
