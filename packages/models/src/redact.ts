/** Shorter keys are placeholders such as `none`, and replacing them would spoil the message. */
const shortestSecret = 6
const deepestCause = 4

export type Redact = (text: string) => string

/** Takes a key out of texts of others: providers quote it, and so do errors about headers. */
export function createRedact(key: string): Redact {
  const secret = key.trim()
  return secret.length < shortestSecret
    ? (text) => text
    : (text) => text.replaceAll(secret, '[redacted]')
}

/** What may be kept of a foreign error as a cause: its words, without the request and its headers. */
export function toSafeCause(error: unknown, redact: Redact, depth = 0): Error | undefined {
  if (!(error instanceof Error) || depth === deepestCause) return undefined
  const cause = toSafeCause(error.cause, redact, depth + 1)
  const safe = new Error(redact(error.message), cause === undefined ? undefined : { cause })
  const { code } = error as { readonly code?: unknown }
  Object.defineProperties(safe, {
    name: { value: error.name, configurable: true },
    stack: { value: redact(error.stack ?? ''), configurable: true },
    ...(typeof code === 'string' ? { code: { value: redact(code), enumerable: true } } : {}),
  })
  return safe
}
