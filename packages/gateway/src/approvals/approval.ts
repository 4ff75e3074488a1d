import { createHash } from 'node:crypto'
import type { JsonValue } from '@junctor/store'
import type { AnswerTo } from '../mail.ts'
import type { Causation } from '../internal/internal-message.ts'
import type { Writer } from '../tool-policy/elevation.ts'

/** One call of a tool, exactly: what a person is asked about. */
export interface AskedCall {
  readonly agentId: string
  readonly sessionKey: string
  readonly tool: string
  /** Without `elevated`, which stands beside it. */
  readonly input: JsonValue
  /** It is to leave the sandbox. */
  readonly elevated: boolean
}

/** Who answered: a sender of a channel, or `api` for a bearer token. */
export interface Approver {
  readonly channel: string
  readonly senderId: string
}

/** A person's word on one call, or the wait for it. Plain JSON. */
export interface Approval extends AskedCall {
  readonly id: string
  readonly digest: string
  /** The entry of `requireApproval` that the tool fits. */
  readonly rule: string
  readonly state: 'pending' | 'approved' | 'denied' | 'used' | 'expired'
  /** Milliseconds since 1970. */
  readonly askedAt: number
  /** The word is waited for until then; once it is given, the call may be made until then. */
  readonly expiresAt: number
  /** Where the question goes and later the answer. Absent: on the page and the command line alone. */
  readonly answerTo?: AnswerTo
  readonly causation: Causation
  /** Who wrote the messages of the turn that asked. */
  readonly writers: readonly (Writer | null)[]
  readonly answeredBy?: Approver
  readonly answeredAt?: number
  readonly reason?: string
  /** The attempt at a message in which the call was made. */
  readonly usedIn?: { readonly messageId: string; readonly attempt: number }
  /** What was last told of it has been put on its way. */
  readonly told?: Approval['state']
}

/** Equal for the same call, in whatever order its keys are. */
export function digestOf({ agentId, sessionKey, tool, input, elevated }: AskedCall): string {
  const text = JSON.stringify([agentId, sessionKey, tool, input, elevated], sortKeys)
  return createHash('sha256').update(text).digest('hex')
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
