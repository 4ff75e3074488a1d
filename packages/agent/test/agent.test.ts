import { describe, expect, expectTypeOf, it } from 'vitest'
import { hasCode, JunctorError } from '@junctor/errors'
import {
  ModelError,
  type Agent,
  type JsonValue,
  type Model,
  type ModelEvent,
  type Part,
  type Tool,
  type ToolContext,
} from '@junctor/agent'

describe('ModelError', () => {
  it('carries provider, code, cause and the wait that the provider asks for', () => {
    const cause = new Error('429')
    const error = new ModelError('anthropic', 'RATE_LIMITED', 'Too many requests', {
      cause,
      retryAfterMs: 1500,
      details: { status: 429 },
    })
    expect(error).toMatchObject({
      name: 'ModelError',
      provider: 'anthropic',
      code: 'RATE_LIMITED',
      message: 'Too many requests',
      retryAfterMs: 1500,
      details: { status: 429 },
    })
    expect(error.cause).toBe(cause)
  })

  it('is recognised by its brand and its code', () => {
    const error: unknown = new ModelError('openai', 'STALLED', 'x')
    expect(JunctorError.isInstance(error)).toBe(true)
    expect(hasCode(error, 'STALLED')).toBe(true)
    expect(hasCode(error, 'ABORTED')).toBe(false)
  })

  it('shows its own name in logs', () => {
    expect(String(new ModelError('openai', 'ABORTED', 'stop'))).toBe('ModelError: stop')
  })
})

describe('a model written by hand', () => {
  const parrot: Model = {
    spec: 'model-v1',
    id: 'zoo/parrot',
    async *stream({ messages }, { signal }) {
      if (signal.aborted) throw new ModelError('zoo', 'ABORTED', 'The parrot was told to be quiet')
      for (const { parts } of messages) {
        for (const part of parts) if (part.type === 'text') yield part
      }
      yield { type: 'done', stopReason: 'end', usage: { inputTokens: 1, outputTokens: 1 } }
    },
  }
  const request = {
    system: '',
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    maxOutputTokens: 10,
    context: {},
  } as const

  it('fits the contract and can be read with a for-await loop', async () => {
    const events: ModelEvent[] = []
    const { signal } = new AbortController()
    for await (const event of parrot.stream(request, { signal })) events.push(event)
    expect(events.map(({ type }) => type)).toEqual(['text', 'done'])
  })

  it('fails with an error that programs can tell apart', async () => {
    const iterator = parrot.stream(request, { signal: AbortSignal.abort() })[Symbol.asyncIterator]()
    await expect(iterator.next()).rejects.toMatchObject({ code: 'ABORTED', provider: 'zoo' })
  })
})

describe('the types', () => {
  it('keep messages, parts and agents read-only', () => {
    expectTypeOf<Part>().toHaveProperty('type')
    expectTypeOf<Agent>().toExtend<Readonly<Agent>>()
    expectTypeOf<Agent['model']>().toEqualTypeOf<string>()
  })

  it('let a tool be made of what a model sees and what runs', () => {
    expectTypeOf<Tool['run']>().parameters.toEqualTypeOf<[JsonValue, ToolContext]>()
    expectTypeOf<Tool['run']>().returns.resolves.toEqualTypeOf<string>()
  })

  it('give a context no way to another agent', () => {
    expectTypeOf<keyof ToolContext>().toEqualTypeOf<
      'agent' | 'sessionKey' | 'turnId' | 'callId' | 'signal' | 'session' | 'workbench'
    >()
  })
})
