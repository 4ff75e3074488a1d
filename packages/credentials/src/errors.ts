import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `UNREADABLE` the file is there and cannot be used: broken, too large, no regular file
 */
export type CredentialsErrorCode = 'UNREADABLE'

/** Thrown by what reads and writes `auth-profiles.json`. No message holds a secret. */
export class CredentialsError extends JunctorError<CredentialsErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CredentialsError', configurable: true })
  }

  constructor(code: CredentialsErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
