import { ModelError, type Model, type ModelErrorCode, type ModelEvent } from '@junctor/agent'
import { describe, expect, it } from 'vitest'
import { withFallbacks } from './fallbacks.ts'

const done: ModelEvent = {
  type: 'done',
  stopReason: 'end',
  usage: { inputTokens: 1, outputTokens: 1 },
}

function answering(id: string): Model {
  return {
    spec: 'model-v1',
    id,
    async *stream() {
      yield { type: 'text', text: id }
      yield done
    },
  }
}

function failing(id: string, code: ModelErrorCode, { afterText = false } = {}): Model {
  return {
    spec: 'model-v1',
    id,
    async *stream() {
      if (afterText) yield { type: 'text', text: 'begun' }
      throw new ModelError('test', code, `${id} failed`)
    },
  }
}

async function ask(models: readonly [Model, ...Model[]]) {
  const failures: string[] = []
  const model = withFallbacks(models, (failed, next) => failures.push(`${failed} → ${next}`))
  const request = { system: '', messages: [], tools: [], maxOutputTokens: 1, context: {} }
  const notes: string[] = []
  const note = (told: string): void => void notes.push(told)
  const { signal } = new AbortController()
  let text = ''
  let code = ''
  try {
    for await (const event of model.stream(request, { signal, note }))
      if (event.type === 'text') text += event.text
  } catch (error) {
    code = ModelError.isInstance(error) ? error.code : String(error)
  }
  return { text, code, failures, notes, asked: model.asked() }
}

describe('fallback models', () => {
  it('are asked in order until one begins to answer', async () => {
    const models: [Model, ...Model[]] = [
      failing('a', 'OVERLOADED'),
      failing('b', 'UNAUTHORIZED'),
      answering('c'),
      answering('d'),
    ]
    expect(await ask(models)).toEqual({
      text: 'c',
      code: '',
      failures: ['a → b', 'b → c'],
      notes: ['a failed, and b was asked: a failed', 'b failed, and c was asked: b failed'],
      asked: 'c',
    })
  })

  it('do not replace a model whose answer has begun', async () => {
    const answer = await ask([failing('a', 'STREAM_FAILED', { afterText: true }), answering('b')])
    expect(answer).toMatchObject({ text: 'begun', code: 'STREAM_FAILED', failures: [] })
  })

  it('are not asked what the first refused as invalid', async () => {
    const answer = await ask([failing('a', 'INVALID_REQUEST'), answering('b')])
    expect(answer).toMatchObject({ text: '', code: 'INVALID_REQUEST', failures: [] })
  })

  it('pass on the last failure', async () => {
    const answer = await ask([failing('a', 'OVERLOADED'), failing('b', 'RATE_LIMITED')])
    expect(answer).toMatchObject({ code: 'RATE_LIMITED', asked: 'b' })
  })
})
