import type { JsonValue, MessageReference } from '@junctor/store'
import type { AnswerTo } from '../mail.ts'
import { fieldOf, toJson } from '../envelopes.ts'

/** Who put a message into a session that no channel brought. */
export type Origin =
  /** Another session of this agent, or one of another agent. */
  | { readonly kind: 'session'; readonly sessionKey: string }
  /** The session whose agent started this sub-agent. */
  | { readonly kind: 'parent'; readonly sessionKey: string }
  /** The gateway, on how a sub-agent of this session ended. */
  | { readonly kind: 'subagent'; readonly sessionKey: string }
  /** A cron job of this agent. */
  | { readonly kind: 'cron'; readonly jobId: string }
  /** The agent itself, for people whom it writes to unasked. Nobody answers it. */
  | { readonly kind: 'message'; readonly agentId: string }
  /** A person's word on a call that waited for it. */
  | { readonly kind: 'approval'; readonly approvalId: string }

/** How a message came about. */
export interface Causation {
  /** The message that all of it began with: a person's, a cron job's. */
  readonly rootId: string
  /** The message whose turn sent this one. */
  readonly parentId: string
  /** Messages from agents to agents since the root. */
  readonly hops: number
}

/** A message without a channel, as it lies in a mailbox. */
export interface InternalMessage {
  readonly type: 'internal'
  readonly origin: Origin
  /** In the gateway's own words, or those of somebody whom the agent may trust as much as its person. */
  readonly text: string
  /** What others wrote: the agent reads it as data, under its origin. */
  readonly data?: string
  /** Absent: it is a root itself. */
  readonly causation?: Causation
  /** Where the answer goes. Absent: to nobody, it stands in the transcript. */
  readonly answerTo?: AnswerTo
  /** Milliseconds since 1970. */
  readonly sentAt: number
}

/** No channel can have this name. */
export const INTERNAL = '@internal'

/** What a row of the mailbox holds, if it is not a channel's envelope. */
export function parseInternal(body: JsonValue): InternalMessage | undefined {
  return fieldOf(body, 'type') === 'internal' ? (body as unknown as InternalMessage) : undefined
}

/** Unique for each key of an origin: what was posted twice is one message. */
export function internalReference(origin: Origin, key: string): MessageReference {
  const peer = { kind: 'dm', id: nameOf(origin) } as const
  return { channel: INTERNAL, accountId: origin.kind, peer, nativeId: key }
}

/** `session agent:work:main` */
export function describeOrigin(origin: Origin): string {
  const name = nameOf(origin)
  switch (origin.kind) {
    case 'session':
      return `session ${name}`
    case 'parent':
      return `session ${name}, which started this sub-agent`
    case 'subagent':
      return `sub-agent ${name}`
    case 'cron':
      return `cron job ${name}`
    case 'message':
      return `agent ${name}, which writes by itself`
    case 'approval':
      return `approval ${name}`
  }
}

function nameOf(origin: Origin): string {
  switch (origin.kind) {
    case 'session':
    case 'parent':
    case 'subagent':
      return origin.sessionKey
    case 'cron':
      return origin.jobId
    case 'message':
      return origin.agentId
    case 'approval':
      return origin.approvalId
  }
}

/** Rows are JSON. */
export function internalBody(message: Omit<InternalMessage, 'type'>): JsonValue {
  return toJson({ type: 'internal', ...message })
}
