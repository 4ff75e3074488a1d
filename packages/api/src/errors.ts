import { JunctorError } from '@junctor/errors'

/**
 * - `UNAUTHENTICATED` 401: no credential, or one that is not valid
 * - `FORBIDDEN` 403: a valid credential that may not do this
 * - `CROSS_ORIGIN` 403: the request comes from a page of another origin
 * - `HOST_NOT_ALLOWED` 421: the Host header names a host that is not ours
 * - `NOT_FOUND` 404, `INVALID` 400, `CONFLICT` 409, `TOO_LARGE` 413, `REFUSED` 422, `INTERNAL` 500
 */
export type ApiErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CROSS_ORIGIN'
  | 'HOST_NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'INVALID'
  | 'CONFLICT'
  | 'REFUSED'
  | 'TOO_LARGE'
  | 'INTERNAL'

const statuses = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  CROSS_ORIGIN: 403,
  HOST_NOT_ALLOWED: 421,
  NOT_FOUND: 404,
  INVALID: 400,
  CONFLICT: 409,
  REFUSED: 422,
  TOO_LARGE: 413,
  INTERNAL: 500,
} as const satisfies Record<ApiErrorCode, number>

export class ApiError extends JunctorError<ApiErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ApiError', configurable: true })
  }

  get status(): (typeof statuses)[ApiErrorCode] {
    return statuses[this.code]
  }
}
