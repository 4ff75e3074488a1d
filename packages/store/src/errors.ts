import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `LEASE_LOST` another worker holds the lane; nothing was written
 * - `FULL` the disk or the database is full; nothing was written
 * - `READ_ONLY` the directory or the file cannot be written
 * - `LOCKED` another gateway runs on this state directory
 * - `CORRUPT` the file is not a readable database of a known version
 * - `CLOSED` the store was closed before the call
 * - `IO` any other failure of the storage underneath
 */
export type StoreErrorCode =
  | 'LEASE_LOST'
  | 'FULL'
  | 'READ_ONLY'
  | 'LOCKED'
  | 'CORRUPT'
  | 'CLOSED'
  | 'IO'

export class StoreError extends JunctorError<StoreErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'StoreError', configurable: true })
  }

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
