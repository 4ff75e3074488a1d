import { whatsAppError } from './errors.ts'

/** The calls in flight on one connection, so that closing can let them finish. */
export interface Flights {
  run<Result>(
    this: void,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>
  /** Refuse new calls; resolves when the others have finished, or were cut off by the signal. */
  land(this: void, signal: AbortSignal): Promise<void>
}

export function createFlights(): Flights {
  const inFlight = new Set<Promise<unknown>>()
  const cut = new AbortController()
  let isClosed = false

  return {
    async run(signal, call) {
      if (isClosed) throw whatsAppError('CLOSED', 'The connection is closed; open it again.')
      if (signal.aborted) {
        throw whatsAppError('UNAVAILABLE', 'The call was aborted before it left.')
      }
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
