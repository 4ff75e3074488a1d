import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `SERVER_ENDED` the server is not there (any more)
 * - `CALL_FAILED` the server answered a call with an error, or with what is no answer
 */
export type McpErrorCode = 'SERVER_ENDED' | 'CALL_FAILED'

/** What an agent reads when a tool of an MCP server fails. Names the server. */
export class McpServerError extends JunctorError<McpErrorCode> {
  readonly server: string

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'McpServerError', configurable: true })
  }

  constructor(server: string, code: McpErrorCode, message: string, options?: ErrorOptions) {
    super(code, `MCP server "${server}" ${message}`, options)
    this.server = server
  }
}
