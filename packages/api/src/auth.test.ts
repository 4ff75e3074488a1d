import { describe, expect, it } from 'vitest'
import { createAuth, type AuthOptions, type SessionTable } from '@junctor/api'

const token = 'a-token-of-enough-length'
const baseUrl = 'http://127.0.0.1:8080'

function setUp(options: Partial<AuthOptions> = {}) {
  const clock = { now: 1_000_000 }
  const auth = createAuth({ token, now: () => clock.now, ...options })
  return { auth, clock }
}

function codeOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1)
}

function withCookie(setCookie: string | undefined): Request {
  return new Request(baseUrl, { headers: { cookie: setCookie?.split(';')[0] ?? '' } })
}

function withAuthorization(authorization: string): Request {
  return new Request(baseUrl, { headers: { authorization } })
}

describe('a bearer token', () => {
  it('identifies its holder, whatever the case of the scheme', async () => {
    const { auth } = setUp()
    expect(await auth.authenticate(withAuthorization(`Bearer ${token}`))).toEqual({ kind: 'token' })
    expect(await auth.authenticate(withAuthorization(`bearer ${token}`))).toEqual({ kind: 'token' })
  })

  it.each([`Bearer ${token}x`, `Bearer ${token.slice(1)}`, 'Bearer ', `Basic ${token}`, token])(
    'is refused as %j',
    async (authorization) => {
      const { auth } = setUp()
      expect(await auth.authenticate(withAuthorization(authorization))).toBeUndefined()
    },
  )

  it('must be long enough to be a secret', () => {
    expect(() => createAuth({ token: ' '.repeat(20) })).toThrow(/fewer than 16 characters/)
    expect(() => createAuth({ token: 'short' })).toThrow(/`token`/)
  })

  it('that is wrong is not rescued by a valid cookie', async () => {
    const { auth } = setUp()
    const cookie = await auth.redeem(codeOf(auth.createLoginLink(baseUrl).url))
    const request = withCookie(cookie)
    expect(await auth.authenticate(request)).toEqual({ kind: 'session' })
    request.headers.set('authorization', 'Bearer wrong')
    expect(await auth.authenticate(request)).toBeUndefined()
  })
})

describe('a login link', () => {
  it('works once', async () => {
    const { auth } = setUp()
    const code = codeOf(auth.createLoginLink(baseUrl).url)
    expect(await auth.redeem(code)).toBeDefined()
    expect(await auth.redeem(code)).toBeUndefined()
  })

  it('does not disturb another outstanding one', async () => {
    const { auth } = setUp()
    const first = codeOf(auth.createLoginLink(baseUrl).url)
    const second = codeOf(auth.createLoginLink(baseUrl).url)
    expect(await auth.redeem(second)).toBeDefined()
    expect(await auth.redeem(first)).toBeDefined()
  })

  it('expires after ten minutes', async () => {
    const { auth, clock } = setUp()
    const link = auth.createLoginLink(baseUrl)
    expect(link.expiresAt).toBe(clock.now + 600_000)
    clock.now += 599_999
    const early = codeOf(auth.createLoginLink(baseUrl).url)
    clock.now += 1
    expect(await auth.redeem(codeOf(link.url))).toBeUndefined()
    expect(await auth.redeem(early)).toBeDefined()
  })

  it('leads to the root of the address it was made for', () => {
    const { auth } = setUp({ randomToken: () => 'code' })
    expect(auth.createLoginLink('https://chat.example/api/v1/login-links').url).toBe(
      'https://chat.example/login/code',
    )
  })

  it('sets a cookie that scripts and other sites cannot use, and that https keeps on https', async () => {
    const { auth } = setUp({ randomToken: () => 'secret' })
    auth.createLoginLink(baseUrl)
    expect(await auth.redeem('secret')).toBe(
      'junctor_session=secret; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict',
    )
    auth.createLoginLink('https://chat.example')
    expect(await auth.redeem('secret')).toMatch(/; Secure/)
  })
})

describe('a browser session', () => {
  it('outlives a restart and is kept only as a digest', async () => {
    const entries = new Map<string, string>()
    const sessions: SessionTable = {
      get: async (key) => {
        const value = entries.get(key)
        return value === undefined ? undefined : { value }
      },
      put: async (key, value) => entries.set(key, value),
      remove: async (key) => entries.delete(key),
    }
    const { auth: before } = setUp({ sessions })
    const cookie = await before.redeem(codeOf(before.createLoginLink(baseUrl).url))
    const { auth: after } = setUp({ sessions })
    expect(await after.authenticate(withCookie(cookie))).toEqual({ kind: 'session' })

    const id = /=([^;]+)/.exec(cookie ?? '')?.[1]
    expect(id).toHaveLength(43)
    expect(JSON.stringify([...entries])).not.toContain(id)
  })

  it('ends after thirty days', async () => {
    const { auth, clock } = setUp()
    const cookie = await auth.redeem(codeOf(auth.createLoginLink(baseUrl).url))
    clock.now += 30 * 24 * 60 * 60_000 - 1
    expect(await auth.authenticate(withCookie(cookie))).toBeDefined()
    clock.now += 1
    expect(await auth.authenticate(withCookie(cookie))).toBeUndefined()
  })

  it('ends with logout, alone', async () => {
    const { auth } = setUp()
    const first = await auth.redeem(codeOf(auth.createLoginLink(baseUrl).url))
    const second = await auth.redeem(codeOf(auth.createLoginLink(baseUrl).url))
    expect(await auth.logout(withCookie(first))).toMatch(/^junctor_session=; Max-Age=0;/)
    expect(await auth.authenticate(withCookie(first))).toBeUndefined()
    expect(await auth.authenticate(withCookie(second))).toBeDefined()
  })
})
