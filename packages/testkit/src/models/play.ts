import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { toFrame, type Dialect, type SseEvent } from './dialect.ts'
import type { ModelFault, ModelStep } from './step.ts'

type Ending = 'end' | 'cut' | 'stall'

/** Sends a stream, or as much of it as the step's fault lets through. With `cut` the caller closes the socket. */
export async function playStream(
  response: ServerResponse,
  dialect: Dialect,
  whole: readonly SseEvent[],
  { chunkDelayMs = 0, fault }: ModelStep,
): Promise<'done' | 'cut'> {
  const { events, ending } = applyFault(dialect, whole, fault)
  if (chunkDelayMs > 0) {
    response.flushHeaders()
    for (const event of events) {
      await sleep(chunkDelayMs)
      if (response.closed) return 'done'
      response.write(toFrame(event))
    }
  } else {
    const body = events.map(toFrame).join('')
    if (ending === 'end') {
      response.end(body)
      return 'done'
    }
    response.flushHeaders()
    if (body !== '') await new Promise((resolve) => response.write(body, resolve))
  }
  if (ending === 'end') response.end()
  else if (ending === 'stall' && !response.closed) await once(response, 'close')
  return ending === 'cut' ? 'cut' : 'done'
}

function applyFault(
  dialect: Dialect,
  whole: readonly SseEvent[],
  fault: ModelFault | undefined,
): { readonly events: readonly SseEvent[]; readonly ending: Ending } {
  switch (fault?.kind) {
    case 'cut':
    case 'stall':
      return { events: whole.slice(0, fault.afterEvents), ending: fault.kind }
    case 'end-early':
      return { events: whole.slice(0, fault.afterEvents), ending: 'end' }
    case 'error-event': {
      const { errorType = 'overloaded_error', message = 'Overloaded' } = fault
      const error = dialect.errorEvent(errorType, message)
      return { events: [...whole.slice(0, fault.afterEvents), error], ending: 'end' }
    }
    case 'response-failed': {
      const message = fault.message ?? 'The model failed'
      return { events: dialect.failedEvents(whole, message), ending: 'end' }
    }
    default:
      return { events: whole, ending: 'end' }
  }
}
