import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `INVALID_INPUT` the input does not fit the tool's schema
 * - `NOT_FOUND` no such file
 * - `OUTSIDE_WORKSPACE` the path leads out of the agent's workspace
 * - `NOT_A_FILE` a folder, device, pipe or socket
 * - `TOO_LARGE` more than the tool reads
 * - `BINARY` not a text file
 * - `UNREADABLE` the system refused to read it
 */
export type ToolErrorCode =
  | 'INVALID_INPUT'
  | 'NOT_FOUND'
  | 'OUTSIDE_WORKSPACE'
  | 'NOT_A_FILE'
  | 'TOO_LARGE'
  | 'BINARY'
  | 'UNREADABLE'

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
