import { API } from '@discordjs/core/http-only'
import { REST } from '@discordjs/rest'
import { ChannelError } from '@junctor/channel'
import { createErrorMapper, type ErrorMapper } from './errors.ts'

export interface CallsOptions {
  readonly token: string
  readonly apiRoot: string
  readonly requestTimeoutMs: number
}

/** Discord's REST API for one bot: each call is made once, and closing lets those in flight finish. */
export interface Calls {
  readonly api: API
  readonly rest: REST
  readonly toError: ErrorMapper
  /** Rejects with a `ChannelError`. */
  run<Result>(
    this: void,
    action: string,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>
  /** Refuse new calls; resolves when the others have finished, or were cut off by the signal. */
  land(signal: AbortSignal): Promise<void>
}

export function createCalls({ token, apiRoot, requestTimeoutMs }: CallsOptions): Calls {
  const rest = new REST({
    api: apiRoot,
    timeout: requestTimeoutMs,
    // The gateway decides when a call is worth another try, and does the waiting.
    retries: 0,
    rejectOnRateLimit: () => true,
    offset: 0,
  })
  const toError = createErrorMapper(token)
  const inFlight = new Set<Promise<unknown>>()
  const cut = new AbortController()
  let closed = false

  return {
    api: new API(rest),
    rest,
    toError,
    async run(action, signal, call) {
      if (closed) {
        const message = 'The Discord connection is closed; open it again.'
        throw new ChannelError('discord', 'CLOSED', message)
      }
      if (signal.aborted) {
        throw new ChannelError('discord', 'UNAVAILABLE', 'The call was aborted before it left.')
      }
      // The client's own limit ends with the headers of the answer.
      const late = new AbortController()
      const timer = setTimeout(() => late.abort(), requestTimeoutMs)
      // The client forgets its token when Discord refuses it once.
      rest.setToken(token)
      const flight = call(AbortSignal.any([signal, cut.signal, late.signal]))
      inFlight.add(flight)
      try {
        return await flight
      } catch (error) {
        throw toError(error, action)
      } finally {
        clearTimeout(timer)
        inFlight.delete(flight)
      }
    },
    async land(signal) {
      closed = true
      const cutOff = (): void => cut.abort()
      if (signal.aborted) cutOff()
      signal.addEventListener('abort', cutOff)
      await Promise.allSettled(inFlight)
      signal.removeEventListener('abort', cutOff)
      rest.clearHashSweeper()
      rest.clearHandlerSweeper()
    },
  }
}
