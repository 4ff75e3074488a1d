import type { Address, JsonValue } from '@junctor/channel'

/** State of one channel account. `disabled` means that the gateway will not try it again by itself. */
export interface ChannelStatus {
  readonly channel: string
  readonly accountId: string
  readonly state: 'online' | 'connecting' | 'degraded' | 'offline' | 'needs-login' | 'disabled'
  readonly reason?: string
  /** What a person has to scan with a phone to link the account, as the text of a QR code. */
  readonly qr?: string
  /** Milliseconds since 1970. */
  readonly since: number
}

/** What an agent is able to do now. */
export interface AgentCondition {
  readonly state: 'available' | 'busy' | 'paused' | 'over-budget' | 'failing'
  /** Why it cannot answer. */
  readonly reason?: string
  /** When it will be able to answer again by itself, in milliseconds since 1970. */
  readonly until?: number
}

/** One agent and its lanes. `pending` counts messages that wait, `dead` those that were given up. */
export interface AgentStatus extends AgentCondition {
  readonly id: string
  readonly name: string
  readonly model: string
  readonly isDefault: boolean
  readonly sessions: number
  readonly pending: number
  readonly dead: number
  /** What it has spent since midnight, where it has limits for a day. */
  readonly today?: {
    readonly turns: number
    readonly tokens: number
    readonly usd: number
    readonly wallTimeMs: number
  }
}

/** A container in which an agent works, and what was found when it was tried from the inside. */
export interface SandboxStatus {
  readonly name: string
  /** Empty for one that agents share. */
  readonly agentId: string
  readonly scope: string
  readonly image: string
  readonly isRunning: boolean
  readonly attested: readonly {
    readonly what: string
    readonly holds: boolean
    readonly found: string
  }[]
}

export interface Status {
  readonly version: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly config: {
    readonly path?: string
    readonly revision: string
    /** Why the file on disk is not the running configuration. */
    readonly problem?: string
  }
  readonly channels: readonly ChannelStatus[]
  readonly agents: readonly AgentStatus[]
  /** Absent where no agent is sandboxed; `problem` says why sandboxes cannot be had. */
  readonly sandboxes?: {
    readonly problem?: string
    readonly list: readonly SandboxStatus[]
  }
  /** Messages that admission turned away since the start. */
  readonly refusals: number
  /** Strangers who wait to be let in. */
  readonly pairingRequests: number
  /** Deliveries that the platform may or may not have taken. */
  readonly unknownDeliveries: number
}

/** What a person needs to pick an agent. */
export interface AgentSummary extends AgentCondition {
  readonly id: string
  readonly name: string
  readonly emoji?: string
  /** A picture: an address, or a path in the agent's workspace. */
  readonly avatar?: string
  readonly model: string
  readonly isDefault: boolean
  /** Answers from a script instead of a model, so that nobody takes them for the real thing. */
  readonly isDemo: boolean
}

/** One thing that happened to a message, in order. `text` is a whole sentence for people. */
export interface ExplanationStep {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly step: string
  readonly text: string
  readonly details: JsonValue
}

export interface Explanation {
  readonly id: string
  readonly outcome: string
  readonly summary: string
  readonly steps: readonly ExplanationStep[]
}

interface EntryBase {
  /** The gateway's own id. */
  readonly messageId: string
  /** The platform's id, known once the platform has the message. */
  readonly nativeId?: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly text: string
  /** Undefined when no agent was chosen, for example because admission refused the message. */
  readonly agentId?: string
  /** Why it was refused, given up or not delivered. */
  readonly reason?: string
}

/** One message of a conversation, whoever wrote it. */
export type Entry =
  | (EntryBase & {
      readonly direction: 'in'
      readonly state: 'pending' | 'claimed' | 'done' | 'dead' | 'refused'
    })
  | (EntryBase & {
      readonly direction: 'out'
      readonly state: 'pending' | 'sending' | 'sent' | 'unknown' | 'failed'
    })

export interface ConversationOptions {
  readonly limit: number
  /** A `messageId`: only entries before this one. */
  readonly before?: string
}

/** A stranger who asks to be let in. */
export interface PairingRequest {
  readonly id: string
  /** What the stranger was told, for comparing. */
  readonly code: string
  readonly channel: string
  readonly accountId: string
  readonly senderId: string
  readonly senderName?: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly expiresAt: number
}

export interface PairingApproval {
  readonly id: string
  readonly channel: string
  readonly accountId: string
  readonly senderId: string
  readonly senderName?: string
  readonly session: 'own' | 'main'
  /** Milliseconds since 1970. */
  readonly approvedAt: number
}

/** Narrows what an id means where several accounts know it. */
export interface PairingPlace {
  readonly channel?: string
  readonly accountId?: string
}

/**
 * Letting people in. Rejects with an error of the code `UNKNOWN_PAIRING` or `AMBIGUOUS_PAIRING` when an id means nobody, or
 * several people.
 */
export interface PairingControl {
  list(): Promise<{
    readonly requests: readonly PairingRequest[]
    readonly approvals: readonly PairingApproval[]
  }>
  /** By the request's id or code. */
  approve(
    reference: string,
    options: PairingPlace & { readonly session?: 'own' | 'main' },
  ): Promise<PairingApproval>
  reject(reference: string, place: PairingPlace): Promise<PairingRequest>
  /** By the approval's id or the sender's. */
  revoke(reference: string, place: PairingPlace): Promise<PairingApproval>
}

/** What the HTTP surface needs from a running gateway. */
export interface ControlPlane {
  readonly pairing: PairingControl
  status(): Promise<Status>
  agents(): readonly AgentSummary[]
  /** Rejects with an error of the code `UNKNOWN_AGENT`. */
  pauseAgent(id: string, options: { readonly reason?: string }): Promise<AgentSummary>
  /** Rejects with `UNKNOWN_AGENT`, or `PAUSED_BY_CONFIG` where only the config can do it. */
  resumeAgent(id: string): Promise<AgentSummary>
  /** `id` is a message id of the gateway or of the platform, inbound or outbound. Nothing found: an empty list. */
  why(id: string): Promise<readonly Explanation[]>
  /** The newest `limit` entries (before `before`), oldest first. */
  conversation(address: Address, options: ConversationOptions): Promise<readonly Entry[]>
  /** Undefined: no such account, or its channel takes no requests. */
  handleRequest(channel: string, accountId: string, request: Request): Promise<Response | undefined>
}
