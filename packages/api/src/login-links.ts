import { sha256 } from './digest.ts'

export interface LoginLink {
  readonly url: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface LoginLinks {
  create(baseUrl: string): LoginLink
  /** Spends the code. Undefined when it never existed, was used or has expired. */
  redeem(code: string): { readonly isHttps: boolean } | undefined
}

export interface LoginLinksOptions {
  readonly ttlMs: number
  readonly now: () => number
  readonly randomToken: () => string
}

/** Outstanding one-time codes. They live in memory: a restart withdraws them all. */
export function createLoginLinks({ ttlMs, now, randomToken }: LoginLinksOptions): LoginLinks {
  const outstanding = new Map<string, { readonly isHttps: boolean; readonly expiresAt: number }>()

  const dropExpired = (): void => {
    for (const [key, link] of outstanding) {
      if (link.expiresAt <= now()) outstanding.delete(key)
    }
  }

  return {
    create(baseUrl) {
      dropExpired()
      const code = randomToken()
      const url = new URL(`/login/${code}`, baseUrl)
      const expiresAt = now() + ttlMs
      outstanding.set(keyOf(code), { isHttps: url.protocol === 'https:', expiresAt })
      return { url: url.href, expiresAt }
    },
    redeem(code) {
      dropExpired()
      const key = keyOf(code)
      const link = outstanding.get(key)
      outstanding.delete(key)
      return link
    },
  }
}

// Looked up by digest, so that the time of a lookup says nothing about the code itself.
function keyOf(code: string): string {
  return sha256(code).toString('base64url')
}
