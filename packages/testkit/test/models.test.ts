import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createModelServer,
  type ModelApiName,
  type ModelServer,
  type ModelServerCommand,
  type ModelServerReport,
} from '@junctor/testkit/models'

const paths: Readonly<Record<ModelApiName, string>> = {
  anthropic: '/v1/messages',
  'openai-responses': '/v1/responses',
  'openai-chat': '/v1/chat/completions',
}
const apis = Object.keys(paths) as readonly ModelApiName[]

let server: ModelServer

beforeEach(async () => {
  server = await createModelServer()
})

afterEach(async () => {
  await server.close()
})

interface Call {
  readonly stream?: boolean
  readonly text?: string
  readonly key?: string
  readonly signal?: AbortSignal
}

async function call(
  api: ModelApiName,
  { stream = true, text = 'Hello', key = 'a-key', signal }: Call = {},
): Promise<Response> {
  const messages = [{ role: 'user', content: text }]
  return await fetch(`${server.url}${paths[api]}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'm',
      stream,
      ...(api === 'openai-responses' ? { input: messages } : { messages }),
    }),
    ...(signal === undefined ? {} : { signal }),
  })
}

describe.each(apis)('the fake of %s', (api) => {
  it('plays the queue first and then what is computed from the request', async () => {
    server.reply({ text: 'first' })
    server.respond(({ lastUserText }) => ({ text: `echo ${lastUserText}` }))
    expect(await (await call(api)).text()).toContain('first')
    expect(await (await call(api, { text: 'Zebra' })).text()).toContain('echo Zebra')
  })

  it('answers without a stream as well', async () => {
    server.reply({ text: 'whole', tools: [{ name: 'weather', input: { city: 'Bern' } }] })
    const body = await (await call(api, { stream: false })).text()
    expect(JSON.parse(body)).toMatchObject({ model: 'm' })
    expect(body).toContain('whole')
    expect(body).toContain('Bern')
  })

  it('cuts the text into pieces of the size that is asked for', async () => {
    server.reply({ text: 'abcdef', chunkSize: 2 })
    const body = await (await call(api)).text()
    for (const piece of ['"ab"', '"cd"', '"ef"']) expect(body).toContain(piece)
  })

  it('lets nobody in without a key', async () => {
    const response = await call(api, { key: '' })
    expect(response.status).toBe(401)
    expect(await response.json()).toHaveProperty('error.message')
    expect(server.requests).toHaveLength(1)
  })

  it('ends the body early, with as many events as asked for', async () => {
    server.reply({ text: 'never', fault: { kind: 'end-early', afterEvents: 2 } })
    const frames = (await (await call(api)).text()).trim().split('\n\n')
    expect(frames).toHaveLength(2)
  })

  it('cuts the socket in the middle of the body', async () => {
    server.reply({ text: 'never', fault: { kind: 'cut', afterEvents: 1 } })
    const response = await call(api)
    await expect(response.text()).rejects.toThrow(/terminated/)
    expect(server.requests[0]).toMatchObject({ aborted: false, answered: false })
  })

  it('closes the connection before or after the request took effect', async () => {
    server.faults.add({ on: paths[api], kind: 'drop-before' }, { on: '*', kind: 'drop-after' })
    server.reply({ text: 'one' }, { text: 'two' })
    await expect(call(api)).rejects.toThrow()
    await expect(call(api)).rejects.toThrow()
    expect(await (await call(api)).text()).toContain('two')
  })

  it('sees that the client went away', async () => {
    server.reply({ fault: { kind: 'silence' } })
    const abort = new AbortController()
    const pending = call(api, { signal: abort.signal })
    await server.waitFor((request) => request.api === api)
    abort.abort()
    await expect(pending).rejects.toThrow()
    await server.waitFor(({ aborted }) => aborted)
    expect(server.stats()).toMatchObject({ requests: 1, answered: 0, aborted: 1 })
  })

  it('refuses with a status and says when to come back', async () => {
    server.reply({ fault: { kind: 'rate-limit', retryAfterMs: 1500 } })
    const response = await call(api)
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('2')
    expect(response.headers.get('retry-after-ms')).toBe('1500')
  })
})

describe('the fake providers', () => {
  it('tell a wrong key from a right one', async () => {
    await server.close()
    server = await createModelServer({ apiKeys: ['right'] })
    expect((await call('openai-chat', { key: 'wrong' })).status).toBe(401)
    expect((await call('openai-chat', { key: 'right' })).status).toBe(200)
  })

  it('refuse a fault that no provider shows', () => {
    expect(() => server.faults.add({ on: '*', kind: 'second-consumer' })).toThrow(/second-consumer/)
  })

  it('answer nothing on a path they do not know, and do not count it', async () => {
    const response = await fetch(`${server.url}/v2/messages`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(404)
    expect(server.stats().requests).toBe(0)
  })

  it('say what they saw when what one waits for does not come', async () => {
    await call('anthropic')
    await expect(server.waitFor(() => false, { timeoutMs: 1 })).rejects.toThrow(/\/v1\/messages/)
  })

  it('run in a process of their own', async () => {
    const script = fileURLToPath(new URL('../src/models/main.ts', import.meta.url))
    const child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
    const ask = async (command?: ModelServerCommand): Promise<ModelServerReport> => {
      if (command !== undefined) child.send(command)
      const [report] = (await once(child, 'message')) as [ModelServerReport]
      return report
    }
    const ready = await ask()
    if (ready.type !== 'ready') throw new Error(`Unexpected ${ready.type}`)
    await ask({ type: 'configure', step: { text: 'You said ' }, echo: true })
    const response = await fetch(`${ready.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k', connection: 'close' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'boo' }] }),
    })
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: 'You said boo' } }],
    })
    expect(await ask({ type: 'stats' })).toMatchObject({ stats: { requests: 1 } })
    child.send({ type: 'stop' } satisfies ModelServerCommand)
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
  })
})
