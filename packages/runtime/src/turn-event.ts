import type { JsonValue, ToolResultPart } from '@junctor/agent'

/** What a turn tells while it runs, in order. Nothing of it is durable: the result is. */
export type TurnEvent =
  | {
      readonly type: 'turn:started'
      readonly turnId: string
      readonly agentId: string
      readonly sessionKey: string
      readonly model: string
    }
  /** `text` is everything the current model call has written so far; it starts anew after tools have run. */
  | {
      readonly type: 'turn:text'
      readonly turnId: string
      readonly delta: string
      readonly text: string
    }
  | {
      readonly type: 'turn:tool-started'
      readonly turnId: string
      readonly callId: string
      readonly name: string
      readonly input: JsonValue
    }
  /** A call that was refused before it ran (denied, unknown, over the limit) ends without having started. */
  | {
      readonly type: 'turn:tool-ended'
      readonly turnId: string
      readonly callId: string
      readonly name: string
      readonly status: ToolResultPart['status']
      readonly ms: number
    }
  /** `aborted`: `runTurn` rejects and there is nothing to commit. */
  | {
      readonly type: 'turn:ended'
      readonly turnId: string
      readonly outcome: 'answered' | 'silent' | 'failed' | 'aborted'
      readonly ms: number
    }

export type EmitTurnEvent = (event: TurnEvent) => void

/** Nobody who listens can break a turn, neither by throwing nor by a rejected promise. */
export function toSafeEmit(emit: EmitTurnEvent | undefined): EmitTurnEvent {
  if (emit === undefined) return () => {}
  const listener: (event: TurnEvent) => unknown = emit
  return (event) => {
    try {
      const returned = listener(event)
      if (returned instanceof Promise) returned.catch(() => {})
    } catch {
      return
    }
  }
}
