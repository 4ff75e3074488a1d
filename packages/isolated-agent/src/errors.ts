import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `PROCESS_ENDED` the agent's process ended while the turn ran: it crashed, outgrew its memory, hung, or was told to
 */
export type AgentProcessErrorCode = 'PROCESS_ENDED'

export class AgentProcessError extends JunctorError<AgentProcessErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', {
      value: 'AgentProcessError',
      configurable: true,
    })
  }

  constructor(code: AgentProcessErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
