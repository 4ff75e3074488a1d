import { JunctorError } from '@junctor/errors'

/**
 * Thrown by `@junctor/config/file` alone; the content of a config is reported as problems, never thrown.
 * - `INVALID_ENVIRONMENT` a `JUNCTOR_…` variable cannot be used
 * - `OUTSIDE_FOLDER` a file may not be included; reaches people as a problem
 * - `WRITE_FAILED` the file or its backup could not be written; the old file is still there
 */
export type ConfigErrorCode = 'INVALID_ENVIRONMENT' | 'OUTSIDE_FOLDER' | 'WRITE_FAILED'

export class ConfigError extends JunctorError<ConfigErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ConfigError', configurable: true })
  }
}
