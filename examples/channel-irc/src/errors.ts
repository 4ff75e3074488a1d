import { ChannelError, type ChannelErrorCode } from '@junctor/channel'

export function ircError(
  code: ChannelErrorCode,
  message: string,
  details: { readonly retryAfterMs?: number } = {},
): ChannelError {
  return new ChannelError('irc', code, `irc: ${message}`, details)
}

/** What a numeric reply to a message means for it: https://modern.ircdocs.horse/#numerics */
export function errorOf(command: string, reason: string): ChannelError | undefined {
  switch (command) {
    case '401':
    case '403':
      return ircError('NOT_FOUND', reason)
    case '404':
    case '442':
    case '482':
      return ircError('FORBIDDEN', reason)
    case '412':
    case '417':
      return ircError('INVALID', reason)
    case '263':
      return ircError('RATE_LIMITED', reason, { retryAfterMs: 2_000 })
    case '400':
    case 'FAIL':
      return ircError('UNKNOWN', reason)
    default:
      return undefined
  }
}
