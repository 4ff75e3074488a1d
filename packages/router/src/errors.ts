import { JunctorError } from '@junctor/errors'

/**
 * Thrown by `compileRouter`:
 * - `INVALID_ID` an id is blank or not a string
 * - `INVALID_BINDING` a peer kind, `dmScope` or option that does not exist
 * - `ROLES_WITHOUT_GUILD` a binding has `roles` and no `guildId`
 * - `UNKNOWN_AGENT` bindings, broadcast groups, policies or fallbacks name agents or roles that the roster lacks; the
 *   message lists them all
 * - `DUPLICATE_AGENT`, `DUPLICATE_DEFAULT` two agents with one id, or two with `default: true`
 * - `INVALID_IDENTITY_LINK` not `<channel>:<peer id>`, or one peer linked to two people
 * - `INVALID_BROADCAST` a group without agents, or with one twice
 * - `INVALID_POLICY` a condition that cannot be read
 * - `FALLBACK_CYCLE` agents that stand in for each other in a circle
 *
 * Thrown by `accountFor`: `NO_ACCOUNT`, `AMBIGUOUS_ACCOUNT`, `UNKNOWN_AGENT`.
 */
export type RouterErrorCode =
  | 'INVALID_ID'
  | 'INVALID_BINDING'
  | 'ROLES_WITHOUT_GUILD'
  | 'UNKNOWN_AGENT'
  | 'DUPLICATE_AGENT'
  | 'DUPLICATE_DEFAULT'
  | 'INVALID_IDENTITY_LINK'
  | 'INVALID_BROADCAST'
  | 'INVALID_POLICY'
  | 'FALLBACK_CYCLE'
  | 'NO_ACCOUNT'
  | 'AMBIGUOUS_ACCOUNT'

export class RouterError extends JunctorError<RouterErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'RouterError', configurable: true })
  }
}
