import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `INVALID_INPUT` the input does not fit the tool's schema
 * - `NOT_FOUND` this session has no such command
 * - `NO_MATCH` the file does not hold what is to be changed
 * - `BINARY` not a text file
 * - `REFUSED` an address or content that the settings do not let the tool have
 * - `UNREACHABLE` nobody answered, not in time, or with an error
 */
export type ToolErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'NO_MATCH'
  | 'BINARY'
  | 'REFUSED'
  | 'UNREACHABLE'

/** Thrown by a tool's `run`. The model reads the message, so it says what to do instead. */
export class ToolError extends JunctorError<ToolErrorCode> {
  readonly tool: string

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ToolError', configurable: true })
  }

  constructor(tool: string, code: ToolErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.tool = tool
  }
}
