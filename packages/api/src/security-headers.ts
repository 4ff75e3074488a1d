const fixed = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

// A channel's page may bring a policy and a cache rule of its own; everything else gets the strictest.
const fallback = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
} as const

export function addSecurityHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(fixed)) headers.set(name, value)
  // Ours alone may be framed, where a route says so.
  if (headers.get('x-frame-options') !== 'SAMEORIGIN') headers.set('x-frame-options', 'DENY')
  for (const [name, value] of Object.entries(fallback)) {
    if (!headers.has(name)) headers.set(name, value)
  }
}
