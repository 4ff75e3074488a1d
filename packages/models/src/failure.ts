const longestMessage = 400

/** What a client's error says, whichever SDK it comes from. */
export interface Failure {
  /** HTTP status of a refusal. */
  readonly status: number | undefined
  /** The provider's own words for the kind of error, such as `overloaded_error` or `insufficient_quota`. */
  readonly kinds: readonly string[]
  readonly message: string
  readonly retryAfterMs: number | undefined
  /** False when the provider says that another try is pointless. */
  readonly mayRetry: boolean
}

/** What a reader throws when a stream says something that is no answer. Callers get it as the reason of a `STREAM_FAILED`. */
export function streamProblem(message: string): Error {
  return new Error(message)
}

export interface FailureOptions {
  readonly now: () => number
  /** Comes before anything is cut off: half a key is still one. */
  readonly redact: (text: string) => string
}

export function readFailure(error: unknown, { now, redact }: FailureOptions): Failure {
  const source = isRecord(error) ? error : {}
  const status = typeof source['status'] === 'number' ? source['status'] : undefined
  const headers = source['headers'] instanceof Headers ? source['headers'] : undefined
  return {
    status,
    kinds: [source['type'], source['code'], detailOf(source)].filter(isWord).map(redact),
    message: shorten(redact(toMessage(source, status))),
    retryAfterMs: readRetryAfter(headers, now),
    mayRetry: headers?.get('x-should-retry') !== 'false',
  }
}

/** Anthropic tells a spending limit from a rate limit in `error.details` of the body alone. */
function detailOf(source: Readonly<Record<string, unknown>>): unknown {
  const body = source['error']
  const error = isRecord(body) ? body['error'] : undefined
  const details = isRecord(error) ? error['details'] : undefined
  return isRecord(details) ? details['error_code'] : undefined
}

function toMessage(source: Readonly<Record<string, unknown>>, status: number | undefined): string {
  const text = [source['apiMessage'], source['message']].find(isWord) ?? 'no message'
  return text.startsWith(`${status} `) ? text.slice(`${status} `.length) : text
}

function shorten(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text
}

/** `retry-after-ms`, else `retry-after` in seconds or as a date (RFC 9110, section 10.2.3). */
function readRetryAfter(headers: Headers | undefined, now: () => number): number | undefined {
  const exact = toNumber(headers?.get('retry-after-ms'))
  if (exact !== undefined) return exact
  const value = headers?.get('retry-after')
  const seconds = toNumber(value)
  if (seconds !== undefined) return seconds * 1000
  const date = Date.parse(value ?? '')
  return Number.isNaN(date) ? undefined : Math.max(0, date - now())
}

function toNumber(value: string | null | undefined): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
