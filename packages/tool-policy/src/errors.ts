import { JunctorError } from '@junctor/errors'

/**
 * - `BLANK_ENTRY` an entry without a name: it would turn an allow list into none
 * - `UNKNOWN_GROUP` a group that nobody defined: denying it would deny nothing
 * - `UNKNOWN_PROFILE` a profile that does not exist
 * - `MODEL_REQUIRED` a layer has `byProvider` and the option `model` is missing
 */
export type ToolPolicyErrorCode =
  | 'BLANK_ENTRY'
  | 'UNKNOWN_GROUP'
  | 'UNKNOWN_PROFILE'
  | 'MODEL_REQUIRED'

export class ToolPolicyError extends JunctorError<ToolPolicyErrorCode> {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'ToolPolicyError', configurable: true })
  }
}
