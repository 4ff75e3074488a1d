import type { Model, ModelEvent } from '@junctor/agent'
import { hasCode } from '@junctor/errors'

export interface FallbackModel extends Model {
  /** The id of the model that was asked last: the one that answered, or the last that failed. */
  readonly asked: () => string
}

/**
 * One model out of several: the first that begins to answer. A model that fails after its first event is not replaced, since
 * a person may have seen the beginning; nor is one that refuses the request itself, since the next would refuse it too.
 */
export function withFallbacks(
  models: readonly [Model, ...Model[]],
  noteFailure: (failed: string, next: string, reason: string) => void,
): FallbackModel {
  let asked = models[0].id
  return {
    spec: 'model-v1',
    id: models[0].id,
    asked: () => asked,
    async *stream(request, options): AsyncGenerator<ModelEvent> {
      for (const [index, model] of models.entries()) {
        asked = model.id
        let hasBegun = false
        try {
          for await (const event of model.stream(request, options)) {
            hasBegun = true
            yield event
          }
          return
        } catch (error) {
          const next = models[index + 1]
          const isFinal = hasBegun || hasCode(error, 'ABORTED', 'INVALID_REQUEST', 'OVER_BUDGET')
          if (next === undefined || isFinal || options.signal.aborted) throw error
          const reason = error instanceof Error ? error.message : String(error)
          options.note?.(`${model.id} failed, and ${next.id} was asked: ${reason}`)
          noteFailure(model.id, next.id, reason)
        }
      }
    },
  }
}
