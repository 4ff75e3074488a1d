import { describe, expect, it } from 'vitest'
import { createApi, createAuth, type ApiOptions } from '@junctor/api'
import { createFakeControlPlane } from '../test/fake-control-plane.ts'

const origin = 'http://127.0.0.1:8080'
const token = 'a-token-of-enough-length'
const bearer = { authorization: `Bearer ${token}` }

function setUp(options: Partial<ApiOptions> = {}) {
  const control = createFakeControlPlane({
    why: (id) => (id === 'm/1' ? [{ id, outcome: 'done', summary: 'Answered', steps: [] }] : []),
    handleRequest: async (channel, accountId, request) =>
      accountId === 'default'
        ? Response.json({
            channel,
            path: new URL(request.url).pathname,
            body: await request.text(),
          })
        : undefined,
  })
  const auth = createAuth({ token })
  const api = createApi({ control, auth, ...options })
  const call = (path: string, init?: RequestInit): Promise<Response> =>
    api.fetch(new Request(origin + path, init))
  const logIn = async (): Promise<{ cookie: string }> => {
    const response = await call(new URL(auth.createLoginLink(origin).url).pathname)
    return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
  }
  return { auth, control, call, logIn }
}

function failure(code: string): object {
  return { error: { code, message: expect.any(String) } }
}

describe('without a credential', () => {
  it.each([
    '/api/v1/status',
    '/api/v1/agents',
    '/api/v1/why/1',
    '/api/v1/conversation',
    '/api/v1/nothing',
    '/channels/web/default/',
    '/channels/telegram/default/hook',
    '/',
  ])('%s answers 401 and says how to get in', async (path) => {
    const response = await setUp().call(path)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      error: { code: 'UNAUTHENTICATED', message: expect.stringContaining('junctor login') },
    })
  })

  it('a browser gets a page with the same advice, and no scripts', async () => {
    const response = await setUp().call('/channels/web/default/', {
      headers: { accept: 'text/html,*/*' },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(response.headers.get('content-security-policy')).not.toContain('script-src')
    expect(await response.text()).toContain('<code>junctor login</code>')
  })

  it('healthz answers to any host and says nothing', async () => {
    const response = await setUp().call('/healthz', { headers: { host: '10.1.2.3:8080' } })
    expect(await response.json()).toEqual({ ok: true })
  })

  it('an editor gets the schema of the config, where there is one', async () => {
    const configSchema = { type: 'object' }
    const response = await setUp({ configSchema }).call('/config.schema.json')
    expect(response.headers.get('content-type')).toContain('application/json')
    expect(await response.json()).toEqual(configSchema)
    expect((await setUp().call('/config.schema.json')).status).toBe(404)
  })

  it('a public channel gets its requests, body included, and others do not', async () => {
    const { call } = setUp({ publicChannels: (channel) => channel === 'telegram' })
    const hook = await call('/channels/telegram/default/hook', { method: 'POST', body: 'update' })
    expect(await hook.json()).toEqual({
      channel: 'telegram',
      path: '/channels/telegram/default/hook',
      body: 'update',
    })
    const web = await call('/channels/web/default/messages', { method: 'POST', body: '{}' })
    expect(web.status).toBe(401)
  })
})

describe('with a bearer token', () => {
  it('status, agents and explanations come as JSON that nobody caches', async () => {
    const { call } = setUp()
    const status = await call('/api/v1/status', { headers: bearer })
    expect(status.headers.get('cache-control')).toBe('no-store')
    expect(await status.json()).toMatchObject({ version: '0.1.0' })
    const agents = await call('/api/v1/agents', { headers: bearer })
    expect(await agents.json()).toMatchObject({ agents: [{ id: 'main' }, { id: 'research' }] })
    const why = await call(`/api/v1/why/${encodeURIComponent('m/1')}`, { headers: bearer })
    expect(await why.json()).toMatchObject({ explanations: [{ id: 'm/1' }] })
  })

  it('an explanation of an unknown message is 404', async () => {
    const response = await setUp().call('/api/v1/why/nope', { headers: bearer })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual(failure('NOT_FOUND'))
  })

  it('a conversation is asked for by its exact address', async () => {
    const { call, control } = setUp()
    const query = new URLSearchParams({
      channel: 'web',
      accountId: 'default',
      peerKind: 'dm',
      peerId: 'A b+&',
      limit: '3',
      before: 'm9',
    })
    const response = await call(`/api/v1/conversation?${query.toString()}`, { headers: bearer })
    expect(await response.json()).toEqual({ entries: [] })
    expect(control.asked).toEqual([
      {
        address: { channel: 'web', accountId: 'default', peer: { kind: 'dm', id: 'A b+&' } },
        options: { limit: 3, before: 'm9' },
      },
    ])
  })

  it.each(['limit=0', 'limit=201', 'limit=1.5', 'peerKind=room', 'peerId='])(
    'a conversation with %s is refused',
    async (change) => {
      const query = new URLSearchParams('channel=web&accountId=a&peerKind=dm&peerId=owner')
      for (const [name, value] of new URLSearchParams(change)) query.set(name, value)
      const response = await setUp().call(`/api/v1/conversation?${query.toString()}`, {
        headers: bearer,
      })
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual(failure('INVALID'))
    },
  )

  it('a login link can be made, for the public address where there is one', async () => {
    const near = await setUp().call('/api/v1/login-links', { method: 'POST', headers: bearer })
    expect(near.status).toBe(201)
    expect(await near.json()).toMatchObject({ url: expect.stringMatching(`^${origin}/login/`) })
    const far = await setUp({ publicUrl: 'https://chat.example' }).call('/api/v1/login-links', {
      method: 'POST',
      headers: bearer,
    })
    expect(await far.json()).toMatchObject({ url: expect.stringMatching('^https://chat.example/') })
  })

  it('the root leads to the web page, and nowhere when there is none', async () => {
    const response = await setUp().call('/', { headers: bearer })
    expect(response.status).toBe(302)
    expect(response.headers.get('location')).toBe('/channels/web/default/')
    expect((await setUp({ web: false }).call('/', { headers: bearer })).status).toBe(404)
  })

  it('an account that nobody serves is 404', async () => {
    const response = await setUp().call('/channels/web/other/', { headers: bearer })
    expect(response.status).toBe(404)
    expect(await response.json()).toEqual(failure('NOT_FOUND'))
  })

  it('a body beyond the limit is refused, announced or not', async () => {
    const { call } = setUp({ maxBodyBytes: 8 })
    const path = '/channels/web/default/messages'
    const announced = await call(path, {
      method: 'POST',
      body: '123456789',
      headers: { ...bearer, 'content-length': '9' },
    })
    expect(announced.status).toBe(413)
    const streamed = await call(path, {
      method: 'POST',
      headers: bearer,
      body: new Blob(['123456789']).stream(),
      duplex: 'half',
    })
    expect(await streamed.json()).toEqual(failure('TOO_LARGE'))
    const fitting = await call(path, { method: 'POST', body: '12345678', headers: bearer })
    expect(fitting.status).toBe(200)
  })

  it('a failure is logged and answered without its details', async () => {
    const logged: object[] = []
    const control = {
      ...createFakeControlPlane(),
      status: () => Promise.reject(new Error('disk at /secret/path is full')),
    }
    const { call } = setUp({ control, log: { error: (fields) => logged.push(fields) } })
    const response = await call('/api/v1/status', { headers: bearer })
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(logged).toMatchObject([{ path: '/api/v1/status' }])
  })
})

describe('a login link', () => {
  it('logs the browser in from a page of our own, so that a strict cookie goes along', async () => {
    const { auth, call } = setUp()
    const path = new URL(auth.createLoginLink(origin).url).pathname
    const response = await call(path)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('<meta http-equiv="refresh" content="0;url=/">')
    const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await call('/api/v1/status', { headers: { cookie } })).status).toBe(200)
    expect((await call(path)).status).toBe(410)
    // Someone who is in already, and opens the old link again, is let through.
    expect((await call(path, { headers: { cookie } })).status).toBe(200)
  })

  it('survives scanners and prefetching', async () => {
    const { auth, call } = setUp()
    const path = new URL(auth.createLoginLink(origin).url).pathname
    const head = await call(path, { method: 'HEAD' })
    expect(head.headers.get('set-cookie')).toBeNull()
    const ahead = await call(path, { headers: { 'sec-purpose': 'prefetch;prerender' } })
    expect(ahead.headers.get('set-cookie')).toBeNull()
    expect((await call(path)).headers.get('set-cookie')).not.toBeNull()
  })
})

describe('with a session cookie', () => {
  it('reads work and logout ends them', async () => {
    const { call, logIn } = setUp()
    const session = await logIn()
    expect((await call('/api/v1/agents', { headers: session })).status).toBe(200)
    const out = await call('/api/v1/logout', { method: 'POST', headers: { ...session, origin } })
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await call('/api/v1/agents', { headers: session })).status).toBe(401)
  })

  it.each<[string, Record<string, string>, number]>([
    ['nothing about its origin', {}, 403],
    ['our origin', { origin }, 200],
    ['same-origin from the browser', { 'sec-fetch-site': 'same-origin' }, 200],
    ['same-site from the browser', { 'sec-fetch-site': 'same-site' }, 403],
    ['another port', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' }, 403],
    ['an opaque origin', { origin: 'null' }, 403],
  ])('a write that shows %s answers %s', async (_, headers, status) => {
    const { call, logIn } = setUp()
    const response = await call('/channels/web/default/messages', {
      method: 'POST',
      body: '{}',
      headers: { ...(await logIn()), ...headers },
    })
    expect(response.status).toBe(status)
  })

  it('no further login link can be made', async () => {
    const { call, logIn } = setUp()
    const headers = { ...(await logIn()), origin }
    const response = await call('/api/v1/login-links', { method: 'POST', headers })
    expect(response.status).toBe(403)
  })
})

describe('hosts and origins', () => {
  it.each(['evil.example:8080', 'localhost.evil.example', '127.0.0.1.', ''])(
    'a request for host %j is misdirected, even with the token',
    async (host) => {
      const response = await setUp().call('/api/v1/status', { headers: { ...bearer, host } })
      expect(response.status).toBe(421)
      expect(await response.json()).toEqual(failure('HOST_NOT_ALLOWED'))
    },
  )

  it('a webhook may come under any name, and opens nothing else', async () => {
    const { call } = setUp({ publicChannels: (channel) => channel === 'telegram' })
    const headers = { host: 'bots.example', origin: 'https://elsewhere.example' }
    const statusOf = async (path: string): Promise<number> =>
      (await call(path, { method: 'POST', headers })).status
    expect(await statusOf('/channels/telegram/default/webhook')).not.toBe(421)
    expect(await statusOf('/channels/web/default/messages')).toBe(421)
    expect(await statusOf('/channels/telegram')).toBe(421)
  })

  it('an absolute request target cannot smuggle another host past the check', async () => {
    const { auth } = setUp()
    const api = createApi({ control: createFakeControlPlane(), auth })
    const response = await api.fetch(
      new Request('http://evil.example/api/v1/status', {
        headers: { ...bearer, host: '127.0.0.1' },
      }),
    )
    expect(response.status).toBe(421)
  })

  it('an allowed host with a port allows that port only, and the list may change', async () => {
    const hosts = ['Chat.example:8443']
    const { call } = setUp({ allowedHosts: () => [...hosts, '127.0.0.1:8080'] })
    const statusFor = async (host: string): Promise<number> =>
      (await call('/api/v1/status', { headers: { ...bearer, host } })).status
    expect(await statusFor('chat.example:8443')).toBe(200)
    expect(await statusFor('chat.example')).toBe(421)
    hosts[0] = 'chat.example'
    expect(await statusFor('chat.example')).toBe(200)
  })

  it('a write from a page elsewhere is refused even with the token', async () => {
    const response = await setUp().call('/api/v1/login-links', {
      method: 'POST',
      headers: { ...bearer, origin: 'https://evil.example' },
    })
    expect(await response.json()).toEqual(failure('CROSS_ORIGIN'))
  })

  it('every answer carries the security headers, and a channel may set its own policy', async () => {
    const policy = "default-src 'self'"
    const { call } = setUp({
      control: createFakeControlPlane({
        handleRequest: async () =>
          new Response('page', { headers: { 'content-security-policy': policy } }),
      }),
    })
    const page = await call('/channels/web/default/', { headers: bearer })
    expect(page.headers.get('content-security-policy')).toBe(policy)
    for (const path of ['/healthz', '/nowhere', '/login/wrong', '/api/v1/status']) {
      const { headers } = await call(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    }
  })
})
