import { GatewayError } from '../errors.ts'

/** The call did not reach its target, for a reason of policy. */
export function deniedCall(what: string, rule: string): GatewayError {
  return new GatewayError('CALL_DENIED', `${what}: ${rule}.`, { details: { rule } })
}
