import { ChannelError } from '@junctor/channel'

/** The calls in flight on one connection, so that closing can let them finish. */
export interface Flights {
  run<Result>(
    this: void,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>
  /** Refuse new calls; resolves when the others have finished, or were cut off by the signal. */
  land(signal: AbortSignal): Promise<void>
}

export function createFlights(): Flights {
  const inFlight = new Set<Promise<unknown>>()
  const cut = new AbortController()
  let closed = false

  return {
    async run(signal, call) {
      if (closed) {
        throw new ChannelError(
          'telegram',
          'CLOSED',
          'The Telegram connection is closed; open it again.',
        )
      }
      if (signal.aborted) {
        throw new ChannelError('telegram', 'UNAVAILABLE', 'The call was aborted before it left.')
      }
      const flight = call(AbortSignal.any([signal, cut.signal]))
      inFlight.add(flight)
      try {
        return await flight
      } finally {
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
    },
  }
}
