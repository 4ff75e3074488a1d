import { JunctorError } from '@junctor/errors'

/** - `INVALID_SESSION_KEY` the text is not a key that `sessionKey` writes */
export type SessionKeyErrorCode = 'INVALID_SESSION_KEY'

export class SessionKeyError extends JunctorError<SessionKeyErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'SessionKeyError', configurable: true })
  }
}
