import { describe, expect, it } from 'vitest'
import { createDemoModel } from '@junctor/models'
import { collect, createRequest, failureOf, textOf, userMessage } from './call.ts'

const context = {
  agentId: 'iris',
  agentName: 'Iris',
  binding: 'binding 2: telegram, group -100',
  tier: 'peer',
  sessionKey: 'agent:iris:main',
}

describe('the demo model', () => {
  const model = createDemoModel({ pieceDelayMs: 0 })

  it('says who it is, why it answers, what it heard and how to get a real one', async () => {
    const text = textOf(
      await collect(model, createRequest({ context, messages: [userMessage('Guten Tag')] })),
    )
    expect(text).toMatch(/^\[demo model\]/)
    for (const fact of Object.values(context)) expect(text).toContain(fact)
    expect(text).toContain('Guten Tag')
    expect(text).toContain('ANTHROPIC_API_KEY or OPENAI_API_KEY')
  })

  it('answers the same request in the same words, in pieces, with one done', async () => {
    const first = await collect(model, createRequest({ context }))
    expect(first.length).toBeGreaterThan(10)
    expect(first.filter(({ type }) => type === 'done')).toHaveLength(1)
    expect(first.at(-1)).toMatchObject({ type: 'done', stopReason: 'end' })
    expect(await collect(model, createRequest({ context }))).toEqual(first)
  })

  it('answers without any facts, and to nothing', async () => {
    const text = textOf(await collect(model, createRequest({ messages: [] })))
    expect(text).not.toContain('undefined')
    expect(text).toContain('(nothing)')
  })

  it('repeats no more of a long message than fits on a screen', async () => {
    const messages = [userMessage('long '.repeat(10_000))]
    expect(textOf(await collect(model, createRequest({ messages }))).length).toBeLessThan(1000)
  })

  it('ends at once when it is aborted', async () => {
    const abort = new AbortController()
    const slow = createDemoModel({ pieceDelayMs: 60_000 })
    const reading = async (): Promise<void> => {
      for await (const event of slow.stream(createRequest(), { signal: abort.signal })) {
        if (event.type === 'text') setImmediate(() => abort.abort())
      }
    }
    expect((await failureOf(reading())).code).toBe('ABORTED')
  })
})
