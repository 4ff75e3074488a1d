import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModelEvent } from '@junctor/agent'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  apis,
  collect,
  createRequest,
  failureOf,
  printed,
  resolveFake,
  secret,
  textOf,
} from './call.ts'
import { faultCases } from './faults.ts'

let server: ModelServer

beforeEach(async () => {
  server = await createModelServer()
})

afterEach(async () => {
  await server.close()
})

const step = { text: 'Once upon a time', chunkSize: 4, tools: [{ name: 'weather', input: {} }] }

describe.each(apis)('a call over %s', (api) => {
  it.each(faultCases)('makes $code of $name after $requests request(s)', async (fault) => {
    server.respond(() => ({ ...step, fault: fault.fault }))
    const error = await failureOf(collect(resolveFake(server, api)))
    expect(error.code, error.message).toBe(fault.code)
    expect(server.requests).toHaveLength(fault.requests)
    expect(error.provider).toBe('fake')
    expect(error.message).toMatch(/fake/)
    expect(error.message).toMatch(/test-model/)
    expect(error.details).toMatchObject({ model: 'test-model' })
  })

  it('keeps what had arrived before the stream failed', async () => {
    server.reply({ ...step, fault: { kind: 'end-early', afterEvents: 5 } })
    const events: ModelEvent[] = []
    const reading = async (): Promise<void> => {
      const { signal } = new AbortController()
      for await (const event of resolveFake(server, api).stream(createRequest(), { signal })) {
        events.push(event)
      }
    }
    expect((await failureOf(reading())).message).toMatch(/without its terminal event/)
    expect(textOf(events)).toMatch(/^Once/)
  })

  it('names the status, the reason and the setting when the key is refused', async () => {
    server.reply({ fault: { kind: 'refused', status: 401, message: 'no such key' } })
    const { message, details } = await failureOf(collect(resolveFake(server, api)))
    expect(message).toMatch(/401/)
    expect(message).toMatch(/no such key/)
    expect(message).toMatch(/models\.providers\.fake\.apiKey/)
    expect(message).toMatch(/FAKE_API_KEY/)
    expect(details).toMatchObject({ status: 401 })
  })

  it('names the tool whose input does not parse', async () => {
    server.reply({ ...step, fault: { kind: 'malformed-tool-input' } })
    const { message } = await failureOf(collect(resolveFake(server, api)))
    expect(message).toMatch(/tool "weather" is not valid JSON/)
  })

  it('says where it could not connect to', async () => {
    await server.close()
    const { code, message } = await failureOf(collect(resolveFake(server, api)))
    expect(code).toBe('UNAVAILABLE')
    expect(message).toContain(server.url)
    expect(message).toMatch(/ECONNREFUSED/)
    expect(message).toMatch(/after 3 tries/)
  })

  it('gives up on a provider that does not begin to answer', async () => {
    server.reply({ fault: { kind: 'silence' } })
    const limits = { headerTimeoutMs: 150 }
    const error = await failureOf(collect(resolveFake(server, api, { limits })))
    expect(error.code).toBe('STALLED')
    expect(error.message).toMatch(/did not begin to answer for 150 ms.*headerTimeoutMs/)
    await server.waitFor(({ aborted }) => aborted)
    expect(server.requests).toHaveLength(1)
  })

  it('gives up on a stream that goes silent', async () => {
    server.reply({ ...step, fault: { kind: 'stall', afterEvents: 5 } })
    const limits = { idleTimeoutMs: 150 }
    const error = await failureOf(collect(resolveFake(server, api, { limits })))
    expect(error.code).toBe('STALLED')
    expect(error.message).toMatch(/went silent.*150 ms.*idleTimeoutMs/)
    await server.waitFor(({ aborted }) => aborted)
    expect(server.requests).toHaveLength(1)
  })

  it('never shows the key, whatever the provider says', async () => {
    const quoting = `Incorrect key: ${secret}. ${'x'.repeat(340)} ${secret}`
    const faults = [
      { kind: 'refused', status: 400, message: quoting, errorType: secret, code: secret },
      { kind: 'refused', status: 401, message: quoting, headers: { 'x-key': secret } },
      { kind: 'refused', status: 529, message: quoting },
      { kind: 'error-event', afterEvents: 2, errorType: secret, message: quoting },
      { kind: 'response-failed', message: quoting },
      { kind: 'garbage', body: `event: error\ndata: ${secret}\n\n` },
      ...faultCases.map(({ fault }) => fault),
    ] as const
    for (const fault of faults) {
      server.respond(() => ({ ...step, fault }))
      const error = await failureOf(collect(resolveFake(server, api)))
      expect(printed(error)).not.toContain(secret)
      expect(printed(error)).not.toContain(secret.slice(0, 12))
    }
  })
})
