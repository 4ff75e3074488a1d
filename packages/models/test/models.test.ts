import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModelErrorCode } from '@junctor/agent'
import { createModels, type ModelApi, type ModelsOptions } from '@junctor/models'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { collect, failureOf, textOf } from './call.ts'

const keys = { ANTHROPIC_API_KEY: 'anthropic-key', OPENAI_API_KEY: 'openai-key' }
const local = { api: 'openai-chat', baseUrl: 'http://127.0.0.1:9/v1', apiKey: 'none' } as const

async function refusal(id: string, options: ModelsOptions): Promise<[ModelErrorCode, string]> {
  const { code, message } = await failureOf(
    (async () => createModels({ env: {}, ...options }).resolve(id))(),
  )
  return [code, message]
}

describe('the id of a model', () => {
  it.each([
    ['anthropic/claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    ['claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4-20250514'],
    ['gpt-5', 'openai/gpt-5'],
    ['o3-mini', 'openai/o3-mini'],
    ['local/meta/Llama-3:8b', 'local/meta/Llama-3:8b'],
    ['Llama-3', 'local/Llama-3'],
    ['gemini-3-pro', 'local/gemini-3-pro'],
    ['fast', 'anthropic/claude-haiku-4-5'],
    ['quick', 'openai/gpt-5-nano'],
  ])('%s is %s', (id, expected) => {
    const models = createModels({
      env: keys,
      providers: { local },
      aliases: { fast: 'anthropic/claude-haiku-4-5', quick: 'gpt-5-nano' },
    })
    expect(models.resolve(id).id).toBe(expected)
  })

  it('always gives the same model', () => {
    const models = createModels({ env: keys })
    expect(models.resolve('gpt-5')).toBe(models.resolve('gpt-5'))
  })

  it.each([
    'Llama-3',
    'gemini-3-pro',
    'nobody/gpt-5',
    'anthropic/',
    '',
    'constructor/x',
    'toString',
  ])('is refused with what is known: "%s"', async (id) => {
    const [code, message] = await refusal(id, { env: keys, providers: { one: local, two: local } })
    expect(code).toBe('UNKNOWN_MODEL')
    expect(message).toContain(`"${id}"`)
    expect(message).toContain('anthropic, openai, one, two')
    expect(message).toContain('models.providers')
  })

  it('is refused with the alias that led to it', async () => {
    const [, message] = await refusal('fast', { env: keys, aliases: { fast: 'nobody/x' } })
    expect(message).toMatch(/"fast".*models\.aliases.*"nobody\/x".*models\.providers\.nobody/)
  })
})

describe('the settings of a provider', () => {
  it.each([
    ['no key', {}, {}],
    ['a blank key', { openai: { apiKey: '  ' } }, keys],
    ['a blank variable', {}, { OPENAI_API_KEY: '' }],
    ['a key with a line break', { openai: { apiKey: 'sk-planted\nkey' } }, {}],
  ])('are refused with %s, before any request', async (_, providers, env) => {
    const [code, message] = await refusal('openai/gpt-5', { providers, env })
    expect(code).toBe('UNAUTHORIZED')
    expect(message).toContain('models.providers.openai.apiKey')
    expect(message).toContain('OPENAI_API_KEY')
    expect(message).not.toContain('planted')
  })

  it.each([
    ['no address', {}],
    ['an address that is none', { baseUrl: 'models' }],
    ['an address with a password', { baseUrl: 'https://me:planted@example.com' }],
  ])('are refused with %s', async (_, settings) => {
    const providers = { mine: { apiKey: 'k', ...settings } }
    const [code, message] = await refusal('mine/x', { providers })
    expect(code).toBe('INVALID_REQUEST')
    expect(message).toContain('models.providers.mine.baseUrl')
    expect(message).not.toContain('planted')
  })

  it('are refused with an API that nobody knows', async () => {
    const providers = { mine: { ...local, api: 'soap' as 'openai-chat' } }
    const [code, message] = await refusal('mine/x', { providers })
    expect(code).toBe('INVALID_REQUEST')
    expect(message).toMatch(/"soap".*models\.providers\.mine\.api.*anthropic, openai-responses/)
  })

  it('take key and address of any provider from the environment', async () => {
    const server = await createModelServer({ apiKeys: ['from-env'] })
    const env = { MY_BOX_API_KEY: 'from-env', MY_BOX_BASE_URL: server.baseUrl('openai-chat') }
    const model = createModels({ env, providers: { 'my-box': {} } }).resolve('my-box/tiny')
    expect(textOf(await collect(model))).toBe('ok')
    expect(server.requests[0]).toMatchObject({ api: 'openai-chat', model: 'tiny' })
    await server.close()
  })

  it('reach Anthropic with and without /v1 in the address', async () => {
    const server = await createModelServer()
    for (const baseUrl of [server.url, `${server.url}/v1`, `${server.url}/`]) {
      const models = createModels({ env: keys, providers: { anthropic: { baseUrl } } })
      expect(textOf(await collect(models.resolve('claude-x')))).toBe('ok')
    }
    await server.close()
  })

  it('give each agent its own model in one process', async () => {
    const server = await createModelServer()
    const models = createModels({
      env: keys,
      providers: {
        anthropic: { baseUrl: server.baseUrl('anthropic') },
        openai: { baseUrl: server.baseUrl('openai-responses') },
      },
    })
    await collect(models.resolve('anthropic/claude-opus-4-6'))
    await collect(models.resolve('gpt-5-nano'))
    expect(server.requests.map(({ api, model }) => [api, model])).toEqual([
      ['anthropic', 'claude-opus-4-6'],
      ['openai-responses', 'gpt-5-nano'],
    ])
    await server.close()
  })
})

describe('an API of your own', () => {
  const echoApi: ModelApi = {
    needsKey: false,
    async connect() {
      return {
        async open(model, request) {
          async function* events(): AsyncGenerator<string> {
            yield `${model}: ${request.system}`
          }
          let isRead = false
          return {
            events: events(),
            reader: {
              read(event) {
                isRead = true
                return [{ type: 'text', text: String(event) }]
              },
              get ending() {
                const usage = { inputTokens: 1, outputTokens: 1 }
                return isRead ? { stopReason: 'end' as const, usage } : undefined
              },
            },
          }
        },
        isConnectionError: () => false,
      }
    },
  }

  it('needs no key and no address unless it says so', async () => {
    const models = createModels({ env: {}, providers: { echo: { api: echoApi } } })
    expect(await collect(models.resolve('echo/loud'))).toEqual([
      { type: 'text', text: 'loud: You are Iris.' },
      { type: 'done', stopReason: 'end', usage: { inputTokens: 1, outputTokens: 1 } },
    ])
  })

  it('is loaded once, and again by the next call when that failed', async () => {
    let tries = 0
    const api: ModelApi = {
      ...echoApi,
      async connect(connection) {
        tries += 1
        if (tries === 1) throw new Error('no such package')
        return await echoApi.connect(connection)
      },
    }
    const model = createModels({ env: {}, providers: { echo: { api } } }).resolve('echo/loud')
    expect((await failureOf(collect(model))).message).toMatch(/no such package/)
    expect(textOf(await collect(model))).toBe('loud: You are Iris.')
    await collect(model)
    expect(tries).toBe(2)
  })
})

describe('the SDKs', () => {
  let server: ModelServer

  beforeEach(async () => {
    server = await createModelServer()
  })

  afterEach(async () => {
    await server.close()
  })

  it('are imported by the first call that needs them, and no other', async () => {
    const script = `
      import { registerHooks } from 'node:module'
      const seen = new Set()
      registerHooks({
        resolve(specifier, context, next) {
          if (specifier === 'openai' || specifier.startsWith('@anthropic-ai')) seen.add(specifier)
          return next(specifier, context)
        },
      })
      const { createModels } = await import('@junctor/models')
      const baseUrl = ${JSON.stringify(server.url)}
      const models = createModels({ env: { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' }, providers: { anthropic: { baseUrl } } })
      models.resolve('gpt-5')
      const model = models.resolve('claude-x')
      const before = [...seen]
      const request = { system: '', messages: [], tools: [], maxOutputTokens: 1, context: {} }
      for await (const event of model.stream(request, { signal: new AbortController().signal }));
      console.log(JSON.stringify({ before, after: [...seen] }))`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { cwd: new URL('..', import.meta.url) },
    )
    expect(JSON.parse(stdout)).toEqual({ before: [], after: ['@anthropic-ai/sdk'] })
  })
})
