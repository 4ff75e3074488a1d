import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `RATE_LIMITED` not posted; try again after `retryAfterMs`
 * - `UNAVAILABLE` not posted; try again with back-off
 * - `UNKNOWN` the request left and no answer came: it may have been posted
 * - `UNAUTHORIZED` the credentials were refused; the account is disabled
 * - `CONFLICT` another process holds this account's connection
 * - `NOT_FOUND`, `FORBIDDEN`, `TOO_LARGE`, `UNSUPPORTED`, `INVALID` final for this message
 * - `CLOSED` the connection was closed before the call
 */
export type ChannelErrorCode =
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'UNKNOWN'
  | 'UNAUTHORIZED'
  | 'CONFLICT'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'TOO_LARGE'
  | 'UNSUPPORTED'
  | 'INVALID'
  | 'CLOSED'

export class ChannelError extends JunctorError<ChannelErrorCode> {
  readonly channel: string

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ChannelError', configurable: true })
  }

  constructor(channel: string, code: ChannelErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.channel = channel
  }
}
