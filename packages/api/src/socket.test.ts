import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { createApi, createAuth } from '@junctor/api'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'
import { serve, type Served } from '../test/serve.ts'

const served: Served[] = []

afterEach(async () => {
  await Promise.all(served.splice(0).map((server) => server.close()))
})

describe('over a real socket', () => {
  it('a browser logs in by link and follows a stream, whose end reaches the channel', async () => {
    const left = new EventTarget()
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
      cancel: () => {
        left.dispatchEvent(new Event('left'))
      },
    })
    const control = createFakeControlPlane({ handleRequest: async () => new Response(stream) })
    const auth = createAuth({ token: 'a-token-of-enough-length' })
    const api = createApi({ control, auth })
    const server = await serve((request) => api.fetch(request))
    served.push(server)

    const login = await fetch(auth.createLoginLink(server.url).url)
    const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    await login.text()

    const events = await fetch(`${server.url}/channels/web/default/events`, { headers: { cookie } })
    expect(events.status).toBe(200)
    const reader = events.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toBe('data: 1\n\n')
    const leaving = once(left, 'left')
    await reader?.cancel()
    await leaving
  })

  it('a body that never declares its length is cut off at the limit', async () => {
    const api = createApi({
      control: createFakeControlPlane({
        handleRequest: async (_, __, request) => new Response(await request.text()),
      }),
      auth: createAuth({ token: 'a-token-of-enough-length' }),
      maxBodyBytes: 1000,
    })
    const server = await serve((request) => api.fetch(request))
    served.push(server)
    const post = (bytes: number): Promise<Response> =>
      fetch(`${server.url}/channels/web/default/messages`, {
        method: 'POST',
        headers: { authorization: 'Bearer a-token-of-enough-length' },
        body: new Blob([new Uint8Array(bytes)]).stream(),
        duplex: 'half',
      })
    expect((await post(1000)).status).toBe(200)
    expect((await post(1001)).status).toBe(413)
  })
})
