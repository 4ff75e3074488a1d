import type { TurnEvent } from '@junctor/runtime'
import type { EventSink, TurnFacts } from './events.ts'

/** Passes on what happens inside a turn. Where it begins and ends is told elsewhere: its commit belongs to it. */
export function tellProgress(events: EventSink, facts: TurnFacts, event: TurnEvent): void {
  switch (event.type) {
    case 'turn:text': {
      const { delta, text } = event
      events.emit(event.type, { ...facts, delta, text })
      return
    }
    case 'turn:tool-started': {
      const { callId, name } = event
      events.emit(event.type, { ...facts, callId, name })
      return
    }
    case 'turn:tool-ended': {
      const { callId, name, status } = event
      events.emit(event.type, { ...facts, callId, name, status })
      return
    }
    case 'turn:started':
    case 'turn:ended':
  }
}
