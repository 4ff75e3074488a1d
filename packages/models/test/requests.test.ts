import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject, Message, ModelRequest } from '@junctor/agent'
import { createModelServer, type ModelApiName, type ModelServer } from '@junctor/testkit/models'
import { apis, collect, createRequest, resolveFake, userMessage } from './call.ts'

let server: ModelServer

beforeEach(async () => {
  server = await createModelServer()
})

afterEach(async () => {
  await server.close()
})

async function send(api: ModelApiName, change: Partial<ModelRequest>): Promise<JsonObject> {
  await collect(resolveFake(server, api), createRequest(change))
  return server.requests.at(-1)?.body ?? {}
}

const weather = {
  name: 'weather',
  description: 'Tells the weather.',
  inputSchema: { type: 'object', properties: { city: { type: 'string' } } },
} as const

const conversation: readonly Message[] = [
  userMessage('What is the weather in Bern and Rome?'),
  {
    role: 'assistant',
    parts: [
      { type: 'thinking', text: 'Two cities.', signature: 'signed' },
      { type: 'thinking', text: 'Unsigned.' },
      { type: 'thinking', text: '', signature: 'redacted_thinking:opaque' },
      { type: 'text', text: 'I look it up.' },
      { type: 'tool-call', callId: 'c1', name: 'weather', input: { city: 'Bern' } },
      { type: 'tool-call', callId: 'c2', name: 'weather', input: { city: 'Rome' } },
    ],
  },
  {
    role: 'tool',
    parts: [
      { type: 'tool-result', callId: 'c1', name: 'weather', status: 'ok', output: 'rain' },
      { type: 'tool-result', callId: 'c2', name: 'weather', status: 'denied', output: 'Not now' },
    ],
  },
  userMessage('Well?'),
]

describe.each(apis)('a request over %s', (api) => {
  it('carries the model as it is written, the system prompt and the limit', async () => {
    const body = await send(api, { system: 'Be brief.' })
    expect(body).toMatchObject({ model: 'test-model', stream: true })
    expect(Object.values(body)).toContain(777)
    expect(server.requests[0]).toMatchObject({ system: 'Be brief.', lastUserText: 'Hello' })
  })

  it('carries no facts about the turn', async () => {
    const body = await send(api, { context: { sessionKey: 'the-session', binding: 'the-binding' } })
    expect(JSON.stringify(body)).not.toMatch(/the-session|the-binding/)
  })

  it('leaves out what is empty', async () => {
    const body = await send(api, {
      system: '',
      messages: [{ role: 'assistant', parts: [] }, userMessage(''), userMessage('Hi')],
    })
    expect(body).not.toHaveProperty('system')
    expect(body).not.toHaveProperty('instructions')
    expect(body).not.toHaveProperty('tools')
    expect(body['messages'] ?? body['input']).toHaveLength(1)
  })

  it('offers the tools with their schema', async () => {
    const body = await send(api, { tools: [weather] })
    expect(server.requests[0]?.toolNames).toEqual(['weather'])
    expect(JSON.stringify(body['tools'])).toContain(JSON.stringify(weather.inputSchema.properties))
    expect(JSON.stringify(body['tools'])).toContain('Tells the weather.')
  })

  it('gives each result to its call', async () => {
    await send(api, { messages: conversation.slice(0, 3), tools: [weather] })
    expect(server.requests[0]?.toolResults).toMatchObject([
      { callId: 'c1', output: 'rain' },
      { callId: 'c2', output: api === 'anthropic' ? 'Not now' : '[denied] Not now' },
    ])
  })
})

describe('a conversation', () => {
  it('reaches Anthropic with signed thinking, marked failures and alternating roles', async () => {
    const { messages } = await send('anthropic', { messages: conversation })
    expect(messages).toEqual([
      {
        role: 'user',
        content: [{ type: 'text', text: 'What is the weather in Bern and Rome?' }],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'Two cities.', signature: 'signed' },
          { type: 'redacted_thinking', data: 'opaque' },
          { type: 'text', text: 'I look it up.' },
          { type: 'tool_use', id: 'c1', name: 'weather', input: { city: 'Bern' } },
          { type: 'tool_use', id: 'c2', name: 'weather', input: { city: 'Rome' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'c1', content: 'rain' },
          { type: 'tool_result', tool_use_id: 'c2', content: 'Not now', is_error: true },
          { type: 'text', text: 'Well?' },
        ],
      },
    ])
  })

  it('reaches OpenAI Responses without thinking, and is not kept there', async () => {
    const { input, store } = await send('openai-responses', { messages: conversation })
    expect(store).toBe(false)
    expect(input).toEqual([
      { role: 'user', content: 'What is the weather in Bern and Rome?' },
      { role: 'assistant', content: 'I look it up.' },
      { type: 'function_call', call_id: 'c1', name: 'weather', arguments: '{"city":"Bern"}' },
      { type: 'function_call', call_id: 'c2', name: 'weather', arguments: '{"city":"Rome"}' },
      { type: 'function_call_output', call_id: 'c1', output: 'rain' },
      { type: 'function_call_output', call_id: 'c2', output: '[denied] Not now' },
      { role: 'user', content: 'Well?' },
    ])
  })

  it('reaches Chat Completions without thinking', async () => {
    const { messages } = await send('openai-chat', { system: '', messages: conversation })
    const call = (id: string, city: string): object => ({
      id,
      type: 'function',
      function: { name: 'weather', arguments: `{"city":"${city}"}` },
    })
    expect(messages).toEqual([
      { role: 'user', content: 'What is the weather in Bern and Rome?' },
      {
        role: 'assistant',
        content: 'I look it up.',
        tool_calls: [call('c1', 'Bern'), call('c2', 'Rome')],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'rain' },
      { role: 'tool', tool_call_id: 'c2', content: '[denied] Not now' },
      { role: 'user', content: 'Well?' },
    ])
  })
})

it('thinking comes back to Anthropic as it was given', async () => {
  server.reply({ thinking: 'Deep thought.', text: '42', chunkSize: 4 })
  const model = resolveFake(server, 'anthropic')
  const events = await collect(model)
  const thinking = events.filter((event) => event.type === 'thinking')
  const text = thinking.map((part) => part.text).join('')
  const signature = thinking.at(-1)?.signature ?? ''
  const parts = [
    { type: 'thinking', text, signature },
    { type: 'text', text: '42' },
  ] as const
  await collect(
    model,
    createRequest({ messages: [userMessage('?'), { role: 'assistant', parts }, userMessage('!')] }),
  )
  const signed = `signature:${Buffer.from('Deep thought.').toString('base64')}`
  expect(server.requests.at(-1)?.body).toMatchObject({
    messages: [
      { role: 'user' },
      { content: [{ type: 'thinking', thinking: 'Deep thought.', signature: signed }, {}] },
      { role: 'user' },
    ],
  })
})
