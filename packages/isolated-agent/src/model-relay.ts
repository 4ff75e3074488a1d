import type { Model, ModelEvent, ModelRequest } from '@junctor/agent'

/** The calls of one turn to its model, read piece by piece by the process that runs it. */
export interface ModelRelay {
  /** Begins a call. Answers its number. */
  open(request: ModelRequest): number
  /** What the model has said since, at least one event; undefined after the last. Rejects with the model's error. */
  next(call: number): Promise<readonly ModelEvent[] | undefined>
  /** Ends a call that nobody reads any more. */
  abort(call: number): void
  /** What the last call failed with. */
  failure(): unknown
  /** What the model said of its calls, each thing once: the process that runs the turn does not hear of it. */
  notes(): readonly string[]
}

interface Call {
  readonly stop: AbortController
  readonly events: ModelEvent[]
  hasEnded: boolean
  error: unknown
  wake: () => void
}

export function createModelRelay(model: Model, signal: AbortSignal): ModelRelay {
  const calls = new Map<number, Call>()
  let lastCall = 0
  const notes = new Set<string>()
  let failure: unknown

  const pump = async (call: Call, request: ModelRequest): Promise<void> => {
    try {
      const either = AbortSignal.any([signal, call.stop.signal])
      const note = (text: string): void => void notes.add(text)
      for await (const event of model.stream(request, { signal: either, note })) {
        call.events.push(event)
        call.wake()
      }
    } catch (error) {
      failure = error
      call.error = error
    } finally {
      call.hasEnded = true
      call.wake()
    }
  }

  const callNamed = (id: number): Call => {
    const call = calls.get(id)
    if (call === undefined) throw new TypeError(`There is no call ${id} to the model.`)
    return call
  }

  return {
    open(request) {
      lastCall += 1
      const call: Call = {
        stop: new AbortController(),
        events: [],
        hasEnded: false,
        error: undefined,
        wake: () => {},
      }
      calls.set(lastCall, call)
      void pump(call, request)
      return lastCall
    },
    async next(id) {
      const call = callNamed(id)
      if (call.events.length === 0 && !call.hasEnded)
        await new Promise<void>((resolve) => (call.wake = resolve))
      if (call.events.length > 0) return call.events.splice(0)
      calls.delete(id)
      if (call.error !== undefined) throw call.error
      return undefined
    },
    abort: (id) => calls.get(id)?.stop.abort(),
    failure: () => failure,
    notes: () => [...notes],
  }
}
