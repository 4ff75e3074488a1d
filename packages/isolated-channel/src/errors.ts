import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `PACKAGE_NOT_FOUND` none of the folders holds a package of this name
 * - `NOT_A_CHANNEL` the package exports no `channel`, or another channel than the one it is configured as
 * - `INCOMPATIBLE_SPEC` the package is written for another version of the channel contract
 * - `PACKAGE_FAILED` its code threw while it was loaded, or its process ended
 */
export type ChannelPackageErrorCode =
  | 'PACKAGE_NOT_FOUND'
  | 'NOT_A_CHANNEL'
  | 'INCOMPATIBLE_SPEC'
  | 'PACKAGE_FAILED'

export class ChannelPackageError extends JunctorError<ChannelPackageErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'ChannelPackageError',
      configurable: true,
    })
  }

  constructor(code: ChannelPackageErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
