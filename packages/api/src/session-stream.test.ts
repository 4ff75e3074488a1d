import { createApi, createAuth } from '@junctor/api'
import { describe, expect, it } from 'vitest'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const origin = 'http://127.0.0.1:8080'
const token = 'a-token-of-enough-length'

async function openStream(ttlMs = 60_000) {
  let time = 0
  let isCancelled = false
  let source: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (source = controller),
    cancel: () => void (isCancelled = true),
  })
  const control = createFakeControlPlane({
    handleRequest: async () =>
      new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
  })
  const auth = createAuth({
    token,
    sessionTtlMs: ttlMs,
    now: () => time,
  })
  const api = createApi({ control, auth })
  const login = await api.fetch(
    new Request(origin + new URL(auth.createLoginLink(origin).url).pathname),
  )
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
  const open = (headers: Record<string, string>) =>
    api.fetch(new Request(`${origin}/channels/web/default/events`, { headers }))
  const publish = (text: string): void => source?.enqueue(new TextEncoder().encode(text))
  const logOut = () =>
    api.fetch(
      new Request(`${origin}/api/v1/logout`, { method: 'POST', headers: { cookie, origin } }),
    )
  const pass = (ms: number): void => void (time += ms)
  return { open, cookie, publish, logOut, pass, isCancelled: () => isCancelled }
}

async function readerOf(response: Response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (reader === undefined) throw new Error('There is no body.')
  return reader
}

describe('an event stream that a browser session opened', () => {
  it('passes on what is published', async () => {
    const { open, cookie, publish } = await openStream()
    const reader = await readerOf(await open({ cookie }))
    publish('one')
    expect(await reader.read()).toEqual({ done: false, value: 'one' })
  })

  it('ends with the session, and nothing that is published later gets out', async () => {
    const { open, cookie, publish, logOut, isCancelled } = await openStream()
    const reader = await readerOf(await open({ cookie }))
    expect((await logOut()).status).toBe(200)
    publish('private')
    expect((await reader.read()).done).toBe(true)
    await expect.poll(isCancelled).toBe(true)
  })

  it('ends when the session expires', async () => {
    const { open, cookie, publish, pass } = await openStream(1_000)
    const reader = await readerOf(await open({ cookie }))
    pass(1_001)
    publish('private')
    expect((await reader.read()).done).toBe(true)
  })

  it('lets go of the channel when the browser goes', async () => {
    const { open, cookie, isCancelled } = await openStream()
    await (await open({ cookie })).body?.cancel()
    await expect.poll(isCancelled).toBe(true)
  })
})
