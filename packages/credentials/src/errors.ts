import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `UNREADABLE` the file is there and cannot be used: broken, too large, no regular file
 * - `UNKNOWN_PROFILE` the file has no profile of this id
 * - `INVALID_SECRET` blank, or with characters that no key has
 */
export type CredentialsErrorCode = 'UNREADABLE' | 'UNKNOWN_PROFILE' | 'INVALID_SECRET'

/** Thrown by what reads and writes `auth-profiles.json`. No message holds a secret. */
export class CredentialsError extends JunctorError<CredentialsErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CredentialsError', configurable: true })
  }

  constructor(code: CredentialsErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
