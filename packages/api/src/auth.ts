import { randomBytes } from 'node:crypto'
import { parse, serialize } from 'hono/utils/cookie'
import { matchesDigest, sha256 } from './digest.ts'
import { ApiError } from './errors.ts'
import { createLoginLinks, type LoginLink } from './login-links.ts'
import { createMemorySessionTable, createSessions, type SessionTable } from './sessions.ts'

/** Who a request comes from. A browser session is a cookie, which other sites can cause to be sent; a token is not. */
export type Identity = { readonly kind: 'token' } | { readonly kind: 'session' }

export interface Auth {
  /** The one place that decides whether a request carries a valid credential. */
  authenticate(request: Request): Promise<Identity | undefined>
  /** A link that logs one browser in, once. `baseUrl` is where people reach the gateway; https makes the cookie `Secure`. */
  createLoginLink(baseUrl: string): LoginLink
  /** Spends a link's code. The value for `Set-Cookie`, or undefined when the code is not valid. */
  redeem(code: string): Promise<string | undefined>
  /** Ends the request's session. The value for `Set-Cookie`. */
  logout(request: Request): Promise<string>
}

export interface AuthOptions {
  /** The bearer token for programs, at least 16 characters. */
  readonly token: string
  /** Default: in memory, so browsers log in again after a restart. */
  readonly sessions?: SessionTable
  /** Default: 10 minutes. */
  readonly loginLinkTtlMs?: number
  /** Default: 30 days. */
  readonly sessionTtlMs?: number
  readonly now?: () => number
  /** 256 random bits, safe in URLs and cookies. */
  readonly randomToken?: () => string
}

const cookieName = 'junctor_session'
const minTokenLength = 16

/** Throws `INVALID` for a token that is too short to be a secret. */
export function createAuth({
  token,
  sessions: table = createMemorySessionTable(),
  loginLinkTtlMs = 10 * 60_000,
  sessionTtlMs = 30 * 24 * 60 * 60_000,
  now = Date.now,
  randomToken = () => randomBytes(32).toString('base64url'),
}: AuthOptions): Auth {
  if (token.trim().length < minTokenLength) {
    throw new ApiError(
      'INVALID',
      `The API token has fewer than ${minTokenLength} characters: set \`token\` to a longer random secret`,
    )
  }
  const tokenDigest = sha256(token)
  const links = createLoginLinks({ ttlMs: loginLinkTtlMs, now, randomToken })
  const sessions = createSessions({ table, ttlMs: sessionTtlMs, now, randomToken })

  return {
    async authenticate(request) {
      const authorization = request.headers.get('authorization')
      if (authorization !== null) {
        const given = /^bearer +(\S+)$/i.exec(authorization)?.[1]
        const isValid = given !== undefined && matchesDigest(given, tokenDigest)
        return isValid ? { kind: 'token' } : undefined
      }
      const id = sessionIdOf(request)
      if (id === undefined) return undefined
      return (await sessions.isValid(id)) ? { kind: 'session' } : undefined
    },
    createLoginLink: (baseUrl) => links.create(baseUrl),
    async redeem(code) {
      const link = links.redeem(code)
      if (link === undefined) return undefined
      return cookie(await sessions.create(), sessionTtlMs, link.isHttps)
    },
    async logout(request) {
      const id = sessionIdOf(request)
      if (id !== undefined) await sessions.remove(id)
      return cookie('', 0, false)
    },
  }
}

function sessionIdOf(request: Request): string | undefined {
  const header = request.headers.get('cookie')
  return header === null ? undefined : parse(header, cookieName)[cookieName]
}

function cookie(value: string, maxAgeMs: number, isSecure: boolean): string {
  return serialize(cookieName, value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure,
    maxAge: Math.floor(maxAgeMs / 1000),
  })
}
