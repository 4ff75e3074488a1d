import { ChannelError } from './errors.ts'

/** The calls in flight on one connection, so that closing can let them finish. */
export interface Flights {
  /** Rejects with `CLOSED` after `land`, and with `UNAVAILABLE` when the signal is aborted already. */
  run<Result>(
    this: void,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>
  /** Refuse new calls; resolves when the others have finished, or were cut off by the signal. */
  land(this: void, signal: AbortSignal): Promise<void>
}

/** `channel` is named in errors. */
export function createFlights(channel: string): Flights {
  const inFlight = new Set<Promise<unknown>>()
  const cut = new AbortController()
  let isClosed = false

  return {
    async run(signal, call) {
      if (isClosed)
        throw new ChannelError(
          channel,
          'CLOSED',
          `${channel}: the connection is closed; open it again.`,
        )
      if (signal.aborted)
        throw new ChannelError(
          channel,
          'UNAVAILABLE',
          `${channel}: the call was aborted before it left.`,
        )
      const flight = call(AbortSignal.any([signal, cut.signal]))
      inFlight.add(flight)
      return flight.finally(() => inFlight.delete(flight))
    },
    async land(signal) {
      isClosed = true
      const cutOff = (): void => cut.abort()
      if (signal.aborted) cutOff()
      signal.addEventListener('abort', cutOff)
      await Promise.allSettled(inFlight)
      signal.removeEventListener('abort', cutOff)
    },
  }
}
