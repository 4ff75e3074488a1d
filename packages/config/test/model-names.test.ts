import { parseConfig } from '@junctor/config'
import { describe, expect, it } from 'vitest'

function modelOf(settings: object, env: Readonly<Record<string, string>> = {}) {
  const result = parseConfig(JSON.stringify(settings), { env, home: '/home', stateDir: '/state' })
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join())
  const [agent] = result.config.agents.list
  return { model: agent?.model, fallbacks: agent?.fallbacks }
}

const withModel = (model: unknown, more: object = {}) => ({
  agents: { list: [{ id: 'main', model }] },
  ...more,
})

describe('the model of an agent that names none', () => {
  it('is the demo model while there is no key', () => {
    expect(modelOf({}).model).toBe('demo/junctor')
  })

  it('comes from the provider that has a key, Anthropic first', () => {
    const anthropic = { ANTHROPIC_API_KEY: 'fake-key-1' }
    const openai = { OPENAI_API_KEY: 'fake-key-2' }
    expect(modelOf({}, anthropic).model).toMatch(/^anthropic\/claude-/)
    expect(modelOf({}, openai).model).toMatch(/^openai\/gpt-/)
    expect(modelOf({}, { ...anthropic, ...openai }).model).toMatch(/^anthropic\//)
  })
})

describe('a bare model id', () => {
  it.each([
    ['claude-haiku-4-20250514', 'anthropic/claude-haiku-4-20250514'],
    ['gpt-5.5', 'openai/gpt-5.5'],
    ['o3', 'openai/o3'],
    ['gemini-3', 'google/gemini-3'],
  ])('%s belongs to the maker that names its models so', (written, model) => {
    expect(modelOf(withModel(written)).model).toBe(model)
  })

  it('belongs to the only provider that is configured', () => {
    const models = { providers: { local: { baseUrl: 'http://127.0.0.1:1', api: 'openai-chat' } } }
    expect(modelOf(withModel('llama', { models })).model).toBe('local/llama')
  })

  it('is read behind an alias and as a fallback, and its text is kept', () => {
    const models = { aliases: { fast: 'claude-Haiku' } }
    const model = { primary: 'fast', fallbacks: ['o4-mini'] }
    expect(modelOf(withModel(model, { models }))).toEqual({
      model: 'anthropic/claude-Haiku',
      fallbacks: ['openai/o4-mini'],
    })
  })
})
