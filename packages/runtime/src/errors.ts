import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `TURN_TIMEOUT` the turn took longer than `limits.turnTimeoutMs`
 * - `TOOL_LIMIT` the model asked for tools after `limits.maxToolCalls` calls, and gave no answer without them
 * - `OUTPUT_LIMIT` the model used up `limits.maxOutputTokens` before it wrote an answer
 * - `REFUSED` the provider declined to answer and gave no text
 * - `INVALID_TOOLS` two tools have the same name
 * - `PROMPT_FILE_REFUSED` a prompt file of the workspace is there and may not be used
 */
export type RuntimeErrorCode =
  | 'TURN_TIMEOUT'
  | 'TOOL_LIMIT'
  | 'OUTPUT_LIMIT'
  | 'REFUSED'
  | 'INVALID_TOOLS'
  | 'PROMPT_FILE_REFUSED'

export class RuntimeError extends JunctorError<RuntimeErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RuntimeError', configurable: true })
  }

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
