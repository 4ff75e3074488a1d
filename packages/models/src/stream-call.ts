import type { ModelEvent, ModelRequest } from '@junctor/agent'
import { abortedError, requestError, stalledError, streamError, type Callee } from './call-error.ts'
import { readFailure } from './failure.ts'
import type { ModelLimits } from './limits.ts'
import type { ModelClient, OpenStream } from './model-api.ts'
import { isBusy, retryDelay } from './retry-delay.ts'
import { createWatchdog, type Watchdog } from './watchdog.ts'

/** How long the body may stay open after its terminal event. Its connection is used again only if it is read to the end. */
const drainTimeoutMs = 250

export interface CallOptions extends Callee {
  readonly limits: ModelLimits
  readonly random: () => number
  /** Somebody else can take the call: a busy provider is not waited for. */
  readonly hasStandIn: boolean
  /** Rejects, or resolves, at once when the signal aborts. */
  readonly sleep: (delayMs: number, options: { readonly signal: AbortSignal }) => Promise<unknown>
}

/** One call from the first try to `done`. Fails with `ModelError` and nothing else. */
export async function* streamCall(
  options: CallOptions,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  const { limits } = options
  const watchdog = createWatchdog(signal)
  try {
    const { events, reader } = await open(options, request, signal, watchdog)
    let isComplete = false
    watchdog.watch('idle', limits.idleTimeoutMs)
    try {
      for await (const raw of events) {
        if (signal.aborted) break
        watchdog.pause()
        for (const event of reader.read(raw)) yield event
        if (isComplete || reader.ending === undefined) {
          watchdog.resume()
        } else {
          isComplete = true
          watchdog.watch('drain', drainTimeoutMs)
        }
      }
    } catch (error) {
      // An aborted SDK may throw or end, and after the terminal event nothing can go wrong any more.
      if (!signal.aborted && !isComplete && watchdog.overdue === undefined) {
        throw streamError(options, error)
      }
    }
    watchdog.close()
    if (signal.aborted) throw abortedError(options)
    if (reader.ending !== undefined) yield { type: 'done', ...reader.ending }
    else if (watchdog.overdue !== undefined) throw stalledError(options, watchdog.overdue, limits)
    else throw streamError(options)
  } finally {
    watchdog.close()
  }
}

/** Tries until there is a stream. Nothing is tried again once its first byte is there. */
async function open(
  options: CallOptions,
  request: ModelRequest,
  signal: AbortSignal,
  watchdog: Watchdog,
): Promise<OpenStream> {
  const { provider, model, limits, now, random, sleep } = options
  for (let attempt = 1; ; attempt += 1) {
    if (signal.aborted) throw abortedError(options)
    let client: ModelClient | undefined
    try {
      client = await provider.client()
      watchdog.watch('headers', limits.headerTimeoutMs)
      return await client.open(model, request, watchdog.signal)
    } catch (error) {
      watchdog.stop()
      if (signal.aborted) throw abortedError(options)
      if (watchdog.overdue !== undefined) throw stalledError(options, watchdog.overdue, limits)
      const isConnectionError = client?.isConnectionError(error) ?? false
      const failure = readFailure(error, { now, redact: provider.redact })
      const delayMs =
        options.hasStandIn && isBusy(failure)
          ? undefined
          : retryDelay(failure, isConnectionError, attempt, limits, random)
      if (delayMs === undefined) throw requestError(options, error, isConnectionError, attempt)
      await sleep(delayMs, { signal }).catch(() => undefined)
    }
  }
}
