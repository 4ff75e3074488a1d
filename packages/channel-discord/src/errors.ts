import { ChannelError, type ChannelErrorCode } from '@junctor/channel'
import { DiscordAPIError, HTTPError, RateLimitError } from '@discordjs/rest'

/** Turns what the client throws into the contract's codes, without the tokens and contents that its errors carry. */
export type ErrorMapper = (error: unknown, action: string) => ChannelError

export function createErrorMapper(token: string): ErrorMapper {
  const redact = (text: string): string => text.replaceAll(token, '<token>')

  return (error, action) => {
    if (ChannelError.isInstance(error)) return error as ChannelError
    if (error instanceof RateLimitError) {
      const retryAfterMs = Math.max(1, Math.ceil(error.retryAfter))
      const message = `Discord ${action}: too many calls; wait ${retryAfterMs} ms.`
      return new ChannelError('discord', 'RATE_LIMITED', message, { retryAfterMs })
    }
    if (error instanceof DiscordAPIError) {
      const { code, status } = error
      const text = redact(error.message.replaceAll(/\s+/g, ' '))
      return new ChannelError('discord', codeOf(error), `Discord ${action}: ${text} (${code}).`, {
        details: { status, errorCode: code },
      })
    }
    if (error instanceof HTTPError) return fromStatus(error.status, action)
    const text = redact(error instanceof Error ? error.message : String(error))
    const code = neverLeft(error) ? 'UNAVAILABLE' : 'UNKNOWN'
    const problem =
      code === 'UNAVAILABLE'
        ? 'could not reach Discord; check the network and `apiRoot`'
        : 'got no answer, so it may have taken effect'
    // A new error as the cause: the original may hold the request with its token.
    return new ChannelError('discord', code, `Discord ${action}: ${problem} (${text}).`, {
      cause: new Error(text),
    })
  }
}

/** A 5xx comes from whatever stands before Discord, possibly after it has handed the call on; only 503 says that it was not taken. */
function fromStatus(status: number, action: string): ChannelError {
  const code = status === 503 ? 'UNAVAILABLE' : 'UNKNOWN'
  return new ChannelError('discord', code, `Discord ${action}: Discord answered ${status}.`, {
    details: { status },
  })
}

function codeOf({ code, status, rawError }: DiscordAPIError): ChannelErrorCode {
  const known = codes[String(code)]
  if (known) return known
  if (Number(code) === 50_035) {
    return JSON.stringify(rawError).includes('BASE_TYPE_MAX_LENGTH') ? 'TOO_LARGE' : 'INVALID'
  }
  if (status === 401) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  return status === 413 ? 'TOO_LARGE' : 'INVALID'
}

/** https://discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes */
const codes: Readonly<Record<string, ChannelErrorCode>> = {
  10_003: 'NOT_FOUND', // unknown channel
  10_008: 'NOT_FOUND', // unknown message
  10_013: 'NOT_FOUND', // unknown user
  10_014: 'UNSUPPORTED', // unknown emoji
  10_015: 'NOT_FOUND', // unknown webhook: the token of an interaction has run out
  10_062: 'NOT_FOUND', // unknown interaction
  30_010: 'FORBIDDEN', // too many kinds of reactions
  30_046: 'FORBIDDEN', // too many edits of an old message
  40_005: 'TOO_LARGE', // request entity too large
  50_001: 'FORBIDDEN', // missing access
  50_005: 'FORBIDDEN', // a message of somebody else
  50_006: 'INVALID', // empty message
  50_007: 'FORBIDDEN', // no private messages to this person
  50_013: 'FORBIDDEN', // missing permissions
  50_027: 'NOT_FOUND', // invalid webhook token
  50_033: 'NOT_FOUND', // invalid recipient
  50_083: 'FORBIDDEN', // archived thread
  90_001: 'FORBIDDEN', // reaction blocked
  200_000: 'FORBIDDEN', // blocked by AutoMod
}

const connectFailures = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Whether the connection was never made. Anything later may have reached Discord. */
function neverLeft(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return connectFailures.has(code) || /CERT|ERR_TLS|ERR_SSL/.test(code) || neverLeft(error.cause)
}
