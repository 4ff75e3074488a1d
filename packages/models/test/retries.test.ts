import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModels } from '@junctor/models'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { apis, collect, createRequest, failureOf, resolveFake, textOf } from './call.ts'

let server: ModelServer
let delays: number[]

beforeEach(async () => {
  server = await createModelServer()
  delays = []
})

afterEach(async () => {
  await server.close()
})

const sleep = async (delayMs: number): Promise<void> => {
  delays.push(delayMs)
}

describe.each(apis)('a call over %s', (api) => {
  it('is tried again until there is an answer, with longer waits', async () => {
    server.reply({ fault: { kind: 'drop-after' } }, { fault: { kind: 'status', status: 529 } })
    const model = resolveFake(server, api, { sleep, random: () => 1 })
    expect(textOf(await collect(model))).toBe('ok')
    expect(delays).toEqual([500, 1000])
  })

  it('waits as long as the provider asks for', async () => {
    server.reply({ fault: { kind: 'rate-limit', retryAfterMs: 1500 } })
    expect(textOf(await collect(resolveFake(server, api, { sleep })))).toBe('ok')
    expect(delays).toEqual([1500])
  })

  it('reads a wait in seconds and one that is a date', async () => {
    const headers = { 'retry-after': '3' }
    const dated = { 'retry-after': 'Wed, 21 Oct 2026 07:28:05 GMT' }
    server.reply(
      { fault: { kind: 'refused', status: 503, headers } },
      { fault: { kind: 'refused', status: 503, headers: dated } },
    )
    const now = (): number => Date.UTC(2026, 9, 21, 7, 28, 0)
    await collect(resolveFake(server, api, { sleep, now }))
    expect(delays).toEqual([3000, 5000])
  })

  it('does not wait longer than its cap and says for how long it would have to', async () => {
    server.reply({ fault: { kind: 'rate-limit', retryAfterMs: 5000 } })
    const limits = { maxRetryAfterMs: 4999 }
    const error = await failureOf(collect(resolveFake(server, api, { sleep, limits })))
    expect(error).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 5000 })
    expect(error.message).toMatch(/in 5 s/)
    expect(delays).toEqual([])
  })

  it('has as many tries as the limits allow', async () => {
    server.respond(() => ({ fault: { kind: 'status', status: 500 } }))
    await failureOf(collect(resolveFake(server, api, { sleep, limits: { attempts: 1 } })))
    expect(server.requests).toHaveLength(1)
    await failureOf(collect(resolveFake(server, api, { sleep, limits: { attempts: 5 } })))
    expect(server.requests).toHaveLength(6)
    expect(delays).toHaveLength(4)
  })

  it('ends at once when it is aborted before it begins', async () => {
    const error = await failureOf(
      collect(resolveFake(server, api), createRequest(), AbortSignal.abort()),
    )
    expect(error.code).toBe('ABORTED')
    expect(server.requests).toHaveLength(0)
  })

  it('ends at once when it is aborted before the answer begins', async () => {
    server.reply({ fault: { kind: 'silence' } })
    const abort = new AbortController()
    const failing = failureOf(collect(resolveFake(server, api), createRequest(), abort.signal))
    await server.waitFor(() => true)
    abort.abort()
    expect((await failing).code).toBe('ABORTED')
    await server.waitFor(({ aborted }) => aborted)
    expect(server.requests).toHaveLength(1)
  })

  it('ends at once when it is aborted in the middle of the stream', async () => {
    server.reply({
      text: 'never to the end',
      chunkSize: 2,
      fault: { kind: 'stall', afterEvents: 6 },
    })
    const abort = new AbortController()
    let text = ''
    const reading = async (): Promise<void> => {
      const stream = resolveFake(server, api).stream(createRequest(), { signal: abort.signal })
      for await (const event of stream) {
        if (event.type === 'text') text += event.text
        abort.abort()
      }
    }
    expect((await failureOf(reading())).code).toBe('ABORTED')
    expect(text).toBe('ne')
    await server.waitFor(({ aborted }) => aborted)
  })

  it('ends at once when it is aborted while the stream is silent', async () => {
    server.reply({ text: 'never', fault: { kind: 'stall', afterEvents: 2 } })
    const abort = new AbortController()
    const failing = failureOf(collect(resolveFake(server, api), createRequest(), abort.signal))
    await server.waitFor(() => true)
    setImmediate(() => abort.abort())
    expect((await failing).code).toBe('ABORTED')
  })

  it(
    'ends at once when it is aborted in a wait between two tries',
    { timeout: 15_000 },
    async () => {
      const headers = { 'retry-after': 'Wed, 21 Oct 2026 07:28:29 GMT' }
      server.reply({ fault: { kind: 'refused', status: 503, headers } })
      const abort = new AbortController()
      // The clock is read right before the wait, which is the real one here.
      const now = (): number => {
        setImmediate(() => abort.abort())
        return Date.UTC(2026, 9, 21, 7, 28, 0)
      }
      const model = createModels({
        providers: { fake: { api, baseUrl: server.baseUrl(api), apiKey: 'any' } },
        now,
      }).resolve('fake/test-model')
      const error = await failureOf(collect(model, createRequest(), abort.signal))
      expect(error.code).toBe('ABORTED')
      expect(server.requests).toHaveLength(1)
    },
  )

  it('closes the connection when nobody wants the rest', async () => {
    server.reply({
      text: 'a long story',
      chunkSize: 2,
      chunkDelayMs: 1,
      fault: { kind: 'stall', afterEvents: 6 },
    })
    const { signal } = new AbortController()
    for await (const event of resolveFake(server, api).stream(createRequest(), { signal })) {
      if (event.type === 'text') break
    }
    await server.waitFor(({ aborted }) => aborted)
  })
})
