import type { Model, ModelEvent, ModelRequest, StopReason } from '@junctor/agent'

/** What one call of the model does: events to give, errors to throw, promises to wait for. */
export type Step = ModelEvent | Error | Promise<unknown>

export interface ScriptedModel extends Model {
  /** What it was asked, in order. */
  readonly requests: readonly ModelRequest[]
}

/** A model that follows a script, one list of steps for each call. */
export function scriptedModel(...script: readonly (readonly Step[])[]): ScriptedModel {
  const requests: ModelRequest[] = []
  return {
    spec: 'model-v1',
    id: 'script/one',
    requests,
    async *stream(request) {
      const steps = script[requests.length]
      requests.push(request)
      if (steps === undefined) throw new Error(`The script has no call ${requests.length}`)
      for (const step of steps) {
        if (step instanceof Error) throw step
        if (step instanceof Promise) await step
        else yield step
      }
    },
  }
}

export function text(value: string): ModelEvent {
  return { type: 'text', text: value }
}

export function call(name: string, input: unknown = {}, callId = `call-${name}`): ModelEvent {
  return { type: 'tool-call', callId, name, input: input as never }
}

export function done(stopReason: StopReason = 'end'): ModelEvent {
  return { type: 'done', stopReason, usage: { inputTokens: 10, outputTokens: 2 } }
}
