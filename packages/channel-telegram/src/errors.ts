import { ChannelError, type ChannelErrorCode } from '@junctor/channel'
import { GrammyError, HttpError } from 'grammy'

/** Turns what grammY throws into the contract's codes, without the token that its messages can carry. */
export type ErrorMapper = (error: unknown, action: string) => ChannelError

export function createErrorMapper(token: string): ErrorMapper {
  const redact = (text: string): string => text.replaceAll(token, '<botToken>')

  return (error, action) => {
    if (ChannelError.isInstance(error)) return error as ChannelError
    if (error instanceof GrammyError) return fromRefusal(error, action, redact)
    const inner = error instanceof HttpError ? error.error : error
    if (ChannelError.isInstance(inner)) return inner as ChannelError
    const text = redact(inner instanceof Error ? inner.message : String(inner))
    const code = neverLeft(inner) ? 'UNAVAILABLE' : 'UNKNOWN'
    const problem =
      code === 'UNAVAILABLE'
        ? 'could not reach the Bot API; check the network and `apiRoot`'
        : 'got no answer, so it may have taken effect'
    // A new error as the cause: the message and the stack of the original hold the URL with the token.
    return new ChannelError('telegram', code, `Telegram ${action}: ${problem} (${text}).`, {
      cause: new Error(text),
    })
  }
}

function fromRefusal(
  error: GrammyError,
  action: string,
  redact: (text: string) => string,
): ChannelError {
  const code = codeOf(error)
  const seconds = error.parameters.retry_after
  return new ChannelError(
    'telegram',
    code,
    `Telegram ${action}: ${redact(error.description)} (${error.error_code}).`,
    {
      details: { method: error.method, errorCode: error.error_code },
      ...(code === 'RATE_LIMITED' ? { retryAfterMs: (seconds ?? 1) * 1000 } : {}),
    },
  )
}

/**
 * A 5xx comes from the front of the Bot API when the server behind it failed or is being restarted, possibly after it
 * has handed the message on; only 503 says that the call was not taken.
 */
function codeOf({ error_code: status, description }: GrammyError): ChannelErrorCode {
  if (status === 429) return 'RATE_LIMITED'
  // A token that Telegram cannot read is 404, one that it does not know is 401.
  if (status === 401 || status === 404) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 409) return 'CONFLICT'
  if (status === 413) return 'TOO_LARGE'
  if (status === 503) return 'UNAVAILABLE'
  if (status >= 500) return 'UNKNOWN'
  return refusals.find(([pattern]) => pattern.test(description))?.[1] ?? 'INVALID'
}

const refusals: readonly (readonly [RegExp, ChannelErrorCode])[] = [
  [/too (?:long|big|large)/i, 'TOO_LARGE'],
  [/not found|PEER_ID_INVALID|MESSAGE_ID_INVALID|invalid file_id/i, 'NOT_FOUND'],
  [/REACTION_INVALID|REACTIONS_UNAVAILABLE/i, 'UNSUPPORTED'],
  [/rights|FORBIDDEN|TOPIC_CLOSED|can't be (?:edited|deleted)|restricted/i, 'FORBIDDEN'],
]

const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])

/** Whether the connection was never made. Anything later may have reached Telegram. */
function neverLeft(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    connectFailures.has(code) ||
    /CERT|ERR_TLS|ERR_SSL/.test(code) ||
    /\bconnect E[A-Z]+/.test(error.message) ||
    neverLeft(error.cause)
  )
}
