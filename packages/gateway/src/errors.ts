import { JunctorError, type ErrorOptions } from '@junctor/errors'

/**
 * - `UNKNOWN_CHANNEL` the config names a channel that was not passed to `createGateway`
 * - `INVALID_ACCOUNT` an account's settings do not fit its channel
 * - `INVALID_ENVELOPE` a channel handed over an event for an account that is not its own
 * - `UNKNOWN_AGENT` messages wait for an agent that is not configured any more
 * - `GIVEN_UP` a message was begun too often without ever ending
 * - `UNKNOWN_PAIRING` no pairing request or approval has this code or id
 * - `AMBIGUOUS_PAIRING` a sender was let in on several accounts
 * - `UNKNOWN_APPROVAL` no tool call waits under this id
 * - `NOT_AN_APPROVER` the config does not name whoever answered
 * - `CALL_DENIED` a tool may not reach what it was asked for: its call counts as denied
 * - `INVALID_PATTERN` a mention pattern cannot be read
 * - `AGENT_PAUSED`, `OVER_BUDGET`, `AGENT_FAILING` an agent cannot answer now, and nobody stands in for it
 * - `PAUSED_BY_CONFIG` an agent is to be resumed that the config says is paused
 * - `UNPRICED_MODEL` an agent with a budget in money asked a model whose price is not known
 * - `REGISTRATION_REFUSED` the checks of the config refuse a runtime agent or binding
 * - `REGISTRATION_CONFLICT` another agent has the messages of a runtime binding
 * - `UNKNOWN_REGISTRATION` no runtime agent or binding has this id
 * - `AGENT_CONFIGURED` the agent is in force: what it has stored cannot be removed
 * - `NO_ISOLATION` an agent is to run in a process of its own, and nothing here runs turns in one
 * - `TOO_MANY_HOPS` too many messages between agents have followed from one person's message
 * - `UNKNOWN_SUBAGENT` nothing is known any more of a sub-agent's session
 * - `INVALID_JOB` a cron job is not what it should be, or more than the settings allow
 * - `UNKNOWN_JOB` the agent has no such cron job
 * - `STOPPING` the gateway is shutting down and takes no more messages
 */
export type GatewayErrorCode =
  | 'UNKNOWN_CHANNEL'
  | 'INVALID_ACCOUNT'
  | 'INVALID_ENVELOPE'
  | 'UNKNOWN_AGENT'
  | 'GIVEN_UP'
  | 'UNKNOWN_PAIRING'
  | 'AMBIGUOUS_PAIRING'
  | 'UNKNOWN_APPROVAL'
  | 'NOT_AN_APPROVER'
  | 'CALL_DENIED'
  | 'INVALID_PATTERN'
  | 'AGENT_PAUSED'
  | 'OVER_BUDGET'
  | 'AGENT_FAILING'
  | 'PAUSED_BY_CONFIG'
  | 'UNPRICED_MODEL'
  | 'REGISTRATION_REFUSED'
  | 'REGISTRATION_CONFLICT'
  | 'UNKNOWN_REGISTRATION'
  | 'AGENT_CONFIGURED'
  | 'NO_ISOLATION'
  | 'TOO_MANY_HOPS'
  | 'UNKNOWN_SUBAGENT'
  | 'INVALID_JOB'
  | 'UNKNOWN_JOB'
  | 'STOPPING'

export class GatewayError extends JunctorError<GatewayErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'GatewayError', configurable: true })
  }

  constructor(code: GatewayErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options)
  }
}
