import type { Identity } from './auth.ts'
import { ApiError } from './errors.ts'

/** Hosts as a browser writes them. `localhost` stands for every port, `localhost:8080` for that one. */
export type AllowedHosts = readonly string[] | (() => readonly string[])

/**
 * A page of another site can point its own host name at our address (DNS rebinding). The browser then believes that it
 * talks to that site, but still sends the site's name as Host.
 */
export function requireAllowedHost(request: Request, allowedHosts: AllowedHosts): void {
  const allowed = typeof allowedHosts === 'function' ? allowedHosts() : allowedHosts
  const names = new Set(allowed.map((entry) => entry.toLowerCase()))
  for (const host of [hostOf(request), new URL(request.url).host]) {
    if (names.has(host) || names.has(host.replace(/:\d+$/, ''))) continue
    throw new ApiError(
      'HOST_NOT_ALLOWED',
      `This gateway does not answer for host "${host}": add it to \`allowedHosts\``,
    )
  }
}

/** Where a browser says which page a write comes from, it must be one of ours. */
export function requireSameOrigin(request: Request): void {
  const origin = request.headers.get('origin')
  if (isRead(request) || origin === null) return
  // Only the host: a proxy that ends TLS changes the scheme that we see.
  const originHost = URL.canParse(origin) ? new URL(origin).host : undefined
  if (originHost === hostOf(request)) return
  throw new ApiError('CROSS_ORIGIN', `A page of ${origin} may not write to this gateway`)
}

/** A cookie goes along with requests that other sites make. A write that rests on it must prove that it is ours. */
export function requireProofOfOrigin(request: Request, identity: Identity): void {
  if (identity.kind !== 'session' || isRead(request)) return
  // An Origin that is present has been compared already.
  if (request.headers.has('origin')) return
  if (request.headers.get('sec-fetch-site') === 'same-origin') return
  throw new ApiError(
    'CROSS_ORIGIN',
    'A write with a session cookie needs an Origin header: use a browser, or a bearer token',
  )
}

function hostOf(request: Request): string {
  return (request.headers.get('host') ?? new URL(request.url).host).toLowerCase()
}

function isRead(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD'
}
