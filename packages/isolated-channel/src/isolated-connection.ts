import { setTimeout as sleep } from 'node:timers/promises'
import {
  ChannelError,
  type ChannelErrorCode,
  type ChannelHost,
  type Connection,
  type Outbound,
} from '@junctor/channel'
import { JunctorError } from '@junctor/errors'
import type { FoundPackage } from './find-package.ts'
import { startGuest } from './guest.ts'
import { createHostHandlers } from './host-handlers.ts'
import { createStreamExports, importStream, type StreamExports } from './streams.ts'
import { watchProcess, type Failure, type IsolatedProcess } from '@junctor/isolation'

export interface IsolationOptions {
  readonly packageName: string
  readonly channelId: string
  readonly found: FoundPackage
  readonly memoryLimitMb: number
  readonly silenceMs: number
  readonly firstRestartMs: number
  readonly random: () => number
}

interface Running {
  readonly guest: IsolatedProcess
  readonly streams: StreamExports
  /** The optional methods that the connection has. */
  readonly methods: readonly unknown[]
}

const LONGEST_RESTART_MS = 60_000
/** What a call may still take after its signal has aborted. */
const GRACE_MS = 1_000

const codes: ReadonlySet<string> = new Set<ChannelErrorCode>([
  'RATE_LIMITED',
  'UNAVAILABLE',
  'UNKNOWN',
  'UNAUTHORIZED',
  'CONFLICT',
  'NOT_FOUND',
  'FORBIDDEN',
  'TOO_LARGE',
  'UNSUPPORTED',
  'INVALID',
  'CLOSED',
])

/** One account in a process of its own. When the process ends, another one takes its place; `close` is the end of both. */
export async function openIsolated(
  options: IsolationOptions,
  config: unknown,
  host: ChannelHost,
): Promise<Connection> {
  const { channelId, packageName } = options
  const closing = new AbortController()
  const over = AbortSignal.any([host.signal, closing.signal])
  let running: Running | undefined

  const fail = (code: ChannelErrorCode, message: string, cause?: unknown): ChannelError =>
    new ChannelError(channelId, code, `${channelId}: ${message}`, { cause })

  const start = async (): Promise<Running> => {
    const streams = createStreamExports()
    const guest = startGuest({
      ...options,
      handlers: { ...createHostHandlers(host), ...streams.handlers },
      toError: (failure) => toChannelError(channelId, failure),
      printed: (line) => host.log.debug({ package: packageName }, line),
    })
    over.addEventListener('abort', guest.kill)
    void guest.ended.then(() => over.removeEventListener('abort', guest.kill))
    const impatience = setTimeout(guest.kill, options.silenceMs)
    try {
      await guest.wire.call('load', [options.found.entry])
      const methods = await guest.wire.call('open', [config, host.accountId, host.commands])
      return { guest, streams, methods: Array.isArray(methods) ? methods : [] }
    } catch (error) {
      guest.kill()
      if (isChannelError(error)) throw error
      throw fail('UNAVAILABLE', error instanceof Error ? error.message : String(error), error)
    } finally {
      clearTimeout(impatience)
    }
  }

  const keepRunning = async (first: Running): Promise<void> => {
    let current = first
    for (let attempt = 0; ;) {
      running = current
      const startedAt = Date.now()
      const stopWatching = watchProcess(current.guest, options)
      const reason = await current.guest.ended
      stopWatching()
      running = undefined
      if (Date.now() - startedAt > LONGEST_RESTART_MS) attempt = 0
      const next = await startAnew(`the process of ${packageName} ended: ${reason}`, attempt)
      if (next === undefined) return
      current = next.running
      attempt = next.attempt
    }
  }

  const startAnew = async (
    why: string,
    before: number,
  ): Promise<{ readonly running: Running; readonly attempt: number } | undefined> => {
    let reason = why
    for (let attempt = before; !over.aborted; attempt += 1) {
      host.report({ state: 'offline', reason })
      const longest = Math.min(LONGEST_RESTART_MS, options.firstRestartMs * 2 ** attempt)
      await sleep(longest * (0.5 + options.random() / 2), undefined, { signal: over }).catch(
        () => {},
      )
      if (over.aborted) return undefined
      try {
        const next = await start()
        host.report({ state: 'online' })
        return { running: next, attempt: attempt + 1 }
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error)
      }
    }
    return undefined
  }

  const current = (): Running => {
    if (over.aborted) throw fail('CLOSED', 'the connection is closed')
    if (running === undefined)
      throw fail('UNAVAILABLE', `the process of ${packageName} is not running`)
    return running
  }

  const call = async (
    method: string,
    params: readonly unknown[],
    signal: AbortSignal,
  ): Promise<unknown> => {
    const { guest } = current()
    const impatience = afterAbort(signal, GRACE_MS)
    try {
      return await Promise.race([guest.wire.call(method, params, { signal }), impatience.passed])
    } catch (error) {
      if (isChannelError(error)) throw error
      throw fail('UNKNOWN', error instanceof Error ? error.message : String(error), error)
    } finally {
      impatience.stop()
    }
  }

  const withFiles = async <Result>(
    { files, ...message }: Outbound,
    use: (message: unknown) => Promise<Result>,
  ): Promise<Result> => {
    const { streams } = current()
    const offered = files?.map(({ name, mediaType, data }) => ({
      name,
      mediaType,
      stream: streams.offer(data),
    }))
    try {
      return await use(offered === undefined ? message : { ...message, files: offered })
    } finally {
      for (const { stream } of offered ?? []) streams.withdraw(stream)
    }
  }

  const first = await start()
  running = first
  const ended = keepRunning(first)
  const has = (method: string): boolean => first.methods.includes(method)

  return {
    async send(to, message, { idempotencyKey, signal }) {
      const sent = await withFiles(message, (wired) =>
        call('send', [to, wired, { idempotencyKey }], signal),
      )
      return toSent(sent, fail)
    },
    async close({ signal }) {
      if (running !== undefined && !over.aborted)
        await call('close', [], signal).catch((error: unknown) =>
          host.log.warn({ package: packageName, error: String(error) }, 'closing failed'),
        )
      closing.abort()
      await ended
    },
    ...(has('edit') && {
      edit: async (to, id, message, { idempotencyKey, signal }) =>
        void (await withFiles(message, (wired) =>
          call('edit', [to, id, wired, { idempotencyKey }], signal),
        )),
    }),
    ...(has('stream') && {
      stream: {
        begin: async (to, { files: _, ...message }, { signal, ...rest }) =>
          toSent(await call('message-stream.begin', [to, message, rest], signal), fail),
        append: async (to, id, text, { signal, ...rest }) =>
          void (await call('message-stream.append', [to, id, text, rest], signal)),
        finish: async (to, id, text, { signal, ...rest }) =>
          void (await call('message-stream.finish', [to, id, text, rest], signal)),
      },
    }),
    ...(has('remove') && {
      remove: async (to, id, { idempotencyKey, signal }) =>
        void (await call('remove', [to, id, { idempotencyKey }], signal)),
    }),
    ...(has('react') && {
      react: async (to, id, emoji, { idempotencyKey, signal }) =>
        void (await call('react', [to, id, emoji, { idempotencyKey }], signal)),
    }),
    ...(has('typing') && {
      typing: async (to, { signal, ...sign }) => void (await call('typing', [to, sign], signal)),
    }),
    ...(has('download') && {
      download: async (ref, { signal }) =>
        importStream(current().guest.wire, Number(await call('download', [ref], signal))),
    }),
    ...(has('handleRequest') && {
      handleRequest: async (request) =>
        toResponse(await call('handleRequest', [await fromRequest(request)], request.signal)),
    }),
  } satisfies Connection
}

/** An error of the channel itself, with a code that says what may be done. */
function isChannelError(error: unknown): boolean {
  return JunctorError.isInstance(error) && codes.has(error.code)
}

/** Rejects when a call has not ended some time after it was told to. */
function afterAbort(
  signal: AbortSignal,
  graceMs: number,
): { readonly passed: Promise<never>; stop(): void } {
  const { promise: passed, reject } = Promise.withResolvers<never>()
  let timer: NodeJS.Timeout | undefined
  const begin = (): void => {
    timer = setTimeout(() => {
      reject(new Error('the channel did not stop when it was told to'))
    }, graceMs)
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin)
  return {
    passed,
    stop() {
      clearTimeout(timer)
      signal.removeEventListener('abort', begin)
    },
  }
}

function toChannelError(channelId: string, { message, code, retryAfterMs }: Failure): ChannelError {
  const known = code !== undefined && codes.has(code) ? (code as ChannelErrorCode) : 'UNKNOWN'
  return new ChannelError(
    channelId,
    known,
    message,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  )
}

function toSent(
  value: unknown,
  fail: (code: ChannelErrorCode, message: string) => ChannelError,
): { readonly nativeId: string; readonly sentAt: number } {
  if (typeof value === 'object' && value !== null && 'nativeId' in value && 'sentAt' in value) {
    const { nativeId, sentAt } = value
    if (typeof nativeId === 'string' && typeof sentAt === 'number') return { nativeId, sentAt }
  }
  throw fail('UNKNOWN', 'the channel did not say what it had sent')
}

async function fromRequest(request: Request): Promise<unknown> {
  const { url, method } = request
  const body = request.body === null ? undefined : new Uint8Array(await request.arrayBuffer())
  return { url, method, headers: [...request.headers], body }
}

function toResponse(value: unknown): Response {
  const { status, headers, body } = value as {
    readonly status: number
    readonly headers: [string, string][]
    readonly body: Uint8Array<ArrayBuffer>
  }
  return new Response(status === 204 || status === 304 ? null : body, { status, headers })
}
