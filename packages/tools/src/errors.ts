import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `INVALID_INPUT` the input does not fit the tool's schema
 * - `NOT_FOUND` this session has no such command
 * - `NO_MATCH` the file does not hold what is to be changed
 * - `BINARY` not a text file
 */
export type ToolErrorCode = 'INVALID_INPUT' | 'NOT_FOUND' | 'NO_MATCH' | 'BINARY'

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
