import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { apis, collect, createRequest, resolveFake, textOf } from './call.ts'

let server: ModelServer

beforeEach(async () => {
  server = await createModelServer()
})

afterEach(async () => {
  await server.close()
})

describe.each(apis)('an answer over %s', (api) => {
  it('arrives in pieces and ends with one done and its usage', async () => {
    const usage = { inputTokens: 30, outputTokens: 9, cachedInputTokens: 20 }
    server.reply({ text: 'Bonjour tout le monde 🌍', chunkSize: 5, usage })
    const events = await collect(resolveFake(server, api))
    expect(textOf(events)).toBe('Bonjour tout le monde 🌍')
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(3)
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1)
    expect(events.at(-1)).toEqual({ type: 'done', stopReason: 'end', usage })
  })

  it('may be empty', async () => {
    server.reply({})
    expect(await collect(resolveFake(server, api))).toMatchObject([
      { type: 'done', stopReason: 'end' },
    ])
  })

  it('brings each tool call whole, in order, after the text', async () => {
    server.reply({
      text: 'Let me see.',
      chunkSize: 3,
      tools: [
        { callId: 'call_a', name: 'weather', input: { city: 'Zürich', days: [1, 2] } },
        { callId: 'call_b', name: 'now', input: {} },
      ],
    })
    const events = await collect(resolveFake(server, api))
    expect(events.filter(({ type }) => type !== 'text')).toMatchObject([
      {
        type: 'tool-call',
        callId: 'call_a',
        name: 'weather',
        input: { city: 'Zürich', days: [1, 2] },
      },
      { type: 'tool-call', callId: 'call_b', name: 'now', input: {} },
      { type: 'done', stopReason: 'tool-calls' },
    ])
    expect(events[0]).toMatchObject({ type: 'text' })
  })

  it('brings the thinking before the text', async () => {
    server.reply({ thinking: 'Hm, a greeting.', text: 'Hello', chunkSize: 4 })
    const events = await collect(resolveFake(server, api))
    const thinking = events.filter((event) => event.type === 'thinking')
    expect(thinking.map(({ text }) => text).join('')).toBe('Hm, a greeting.')
    expect(thinking.at(-1)?.signature).toEqual(
      api === 'anthropic' ? expect.stringContaining('signature:') : undefined,
    )
    expect(events.findLastIndex(({ type }) => type === 'thinking')).toBeLessThan(
      events.findIndex(({ type }) => type === 'text'),
    )
  })

  it.each(['max-tokens', 'refusal'] as const)('says when it ended with %s', async (stopReason) => {
    server.reply({ text: 'I', stopReason })
    const events = await collect(resolveFake(server, api))
    expect(textOf(events)).toBe('I')
    expect(events.at(-1)).toMatchObject({ type: 'done', stopReason })
  })

  it('comes from a request that can be made again, over the same connection', async () => {
    const model = resolveFake(server, api)
    for (let turn = 0; turn < 4; turn += 1) expect(textOf(await collect(model))).toBe('ok')
    expect(server.stats()).toMatchObject({ requests: 4, answered: 4, aborted: 0 })
    expect(server.stats().connections).toBeLessThan(4)
  })

  it('is complete with its terminal event, even if the connection stays open', async () => {
    server.reply({ text: 'All of it', fault: { kind: 'stall', afterEvents: 100 } })
    const events = await collect(resolveFake(server, api))
    expect(textOf(events)).toBe('All of it')
    expect(events.at(-1)).toMatchObject({ type: 'done', stopReason: 'end' })
  })

  it('is not taken for silence while the one who reads it takes a break', async () => {
    server.reply({ text: 'one two three', chunkSize: 4 })
    const model = resolveFake(server, api, { limits: { idleTimeoutMs: 150 } })
    const { signal } = new AbortController()
    let text = ''
    for await (const event of model.stream(createRequest(), { signal })) {
      if (event.type !== 'text') continue
      if (text === '') await new Promise((resolve) => setTimeout(resolve, 400))
      text += event.text
    }
    expect(text).toBe('one two three')
  })
})

describe.each(['anthropic', 'openai-chat'] as const)('an answer over %s', (api) => {
  it('that reached its limit in the middle of a call is cut, not broken', async () => {
    server.reply({
      text: 'Well',
      tools: [{ name: 'weather', input: {} }],
      stopReason: 'max-tokens',
      fault: { kind: 'malformed-tool-input' },
    })
    const events = await collect(resolveFake(server, api))
    expect(events.map(({ type }) => type)).toEqual(['text', 'done'])
    expect(events.at(-1)).toMatchObject({ stopReason: 'max-tokens' })
  })
})
