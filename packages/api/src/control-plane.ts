import type { Address, JsonValue } from '@junctor/channel'
import type { CronControl } from './cron-control.ts'

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
  /** Empty until this process has used it. */
  readonly attested: readonly AttestedFact[]
}

/** A sandbox with the settings of an agent, made to be tried, at the start or when an edit changes it, and removed. */
export interface TriedSandbox {
  readonly agentId: string
  readonly attested: readonly AttestedFact[]
}

/** One thing that a sandbox has to be, and what was found. */
export interface AttestedFact {
  readonly what: string
  readonly holds: boolean
  readonly found: string
}

export interface Status {
  readonly version: string
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Runtime agents and bindings that do not go together with the config, each with the reason. */
  readonly setAside?: readonly string[]
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
    /** By agent, for those whose sandbox has been tried and holds. */
    readonly tried: readonly TriedSandbox[]
    readonly list: readonly SandboxStatus[]
  }
  /** Keys of model providers that are kept in files. Absent where there are none. */
  readonly credentials?: readonly CredentialStatus[]
  /** Other machines that were paired. Absent where there are none. */
  readonly nodes?: readonly NodeStatus[]
  /** Messages that admission turned away since the start. */
  readonly refusals: number
  /** Strangers who wait to be let in. */
  readonly pairingRequests: number
  /** Deliveries that the platform may or may not have taken. */
  readonly unknownDeliveries: number
}

/** One key, by the name of its profile; what is shown never holds a part of it. */
export interface CredentialStatus {
  /** Absent: of the installation. */
  readonly agent?: string
  readonly profile: string
  readonly provider?: string
  readonly state: 'ok' | 'resting' | 'disabled' | 'unusable'
  /** When it is used again by itself, in milliseconds since 1970. */
  readonly until?: number
  readonly reason?: string
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
  /** Present for an agent that does not stand in the config. */
  readonly runtime?: { readonly owner?: string }
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

/** An agent or a binding that does not stand in the config, and whether it counts. */
export type RegistrationStatus = {
  readonly id: string
  readonly owner?: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
} & (
  | { readonly kind: 'agent'; readonly agent: JsonObject }
  | { readonly kind: 'binding'; readonly binding: JsonObject; readonly expiresAt?: number }
) &
  (
    | { readonly state: 'in-force' | 'expired' }
    | { readonly state: 'set-aside'; readonly reason: string }
  )

export type JsonObject = { readonly [key: string]: JsonValue }

/** What a purge removed: rows of the store, and directories with the number of files in them. */
export interface Purged {
  readonly rows: { readonly [table: string]: number }
  readonly directories: readonly { readonly path: string; readonly files: number }[]
  /** Directories that are still there, and why. */
  readonly kept: readonly { readonly path: string; readonly reason: string }[]
}

/** Where the files of an agent are, or were. */
export interface AgentPlaces {
  readonly id: string
  readonly workspace?: string
  readonly agentDir?: string
}

/**
 * Agents and bindings beside those of the config. Rejects with errors whose `code` is `REGISTRATION_REFUSED`,
 * `REGISTRATION_CONFLICT`, `UNKNOWN_REGISTRATION` or `AGENT_CONFIGURED`.
 */
export interface RegistrationControl {
  list(): readonly RegistrationStatus[]
  addAgent(agent: JsonObject, options: { readonly owner?: string }): Promise<AgentPlaces>
  /** With `purge` everything that it has stored goes as well, with `force` also directories outside the state directory. */
  removeAgent(
    id: string,
    options: { readonly purge: boolean; readonly force: boolean },
  ): Promise<AgentPlaces & { readonly bindings: number; readonly purged?: Purged }>
  bind(
    binding: JsonObject,
    options: { readonly owner?: string; readonly ttlMs?: number },
  ): Promise<{ readonly status: 'added' | 'skipped' }>
  unbind(id: string): Promise<object>
  /** Removes what an agent has stored that is in force no more. Its directories stay. */
  purge(agentId: string): Promise<Purged['rows']>
}

/** A tool call that needs a person's word, or has it. */
export interface ApprovalStatus {
  readonly id: string
  readonly agentId: string
  readonly sessionKey: string
  readonly tool: string
  readonly input: JsonValue
  /** It is to leave the sandbox. */
  readonly elevated: boolean
  readonly state: 'pending' | 'approved' | 'denied' | 'used' | 'expired'
  /** Milliseconds since 1970. */
  readonly askedAt: number
  readonly expiresAt: number
  readonly answeredBy?: { readonly channel: string; readonly senderId: string }
  readonly reason?: string
}

/** Rejects with errors whose `code` is `UNKNOWN_APPROVAL` or `NOT_AN_APPROVER`. */
export interface ApprovalControl {
  /** Those that wait, and what was answered within a day. */
  list(): Promise<readonly ApprovalStatus[]>
  answer(
    id: string,
    verdict: 'approved' | 'denied',
    by: { readonly channel: string; readonly senderId: string },
    reason?: string,
  ): Promise<ApprovalStatus>
}

/** Whose tools are asked about. */
export interface ToolsQuestion {
  readonly agentId: string
  readonly sessionKey?: string
  /** `provider/model` */
  readonly model?: string
}

/** Each tool of an agent in one session, and what decides about it. */
export interface ToolsReport {
  readonly agentId: string
  readonly sessionKey: string
  readonly model: string
  readonly sandboxed: boolean
  readonly elevated: { readonly allowed: boolean; readonly reason?: string }
  readonly tools: readonly {
    readonly name: string
    readonly allowed: boolean
    readonly layer?: string
    readonly rule?: string
    readonly limits: readonly string[]
    /** Why a person has to approve each call, and who may. */
    readonly approval?: string
  }[]
}

/** A page of an agent's own making, in one session. */
export interface CanvasSummary {
  readonly agentId: string
  readonly sessionKey: string
  readonly title: string
  /** Milliseconds since 1970. */
  readonly updatedAt: number
}

/** Another machine that agents may use. */
export interface NodeStatus {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly pairedAt: number
  readonly lastSeen: number
  /** Absent: it is not connected. */
  readonly connectedSince?: number
  /** Programs that the machine itself permits, while it is connected. */
  readonly allow?: readonly string[]
}

/** A machine that asks to become a node. */
export interface NodeRequestStatus {
  readonly name: string
  /** What the machine shows, for comparing. */
  readonly code: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly expiresAt: number
}

/** Rejects with errors whose `code` is `UNKNOWN_NODE_REQUEST`, `UNKNOWN_NODE` or `NODE_EXISTS`. */
export interface NodeControl {
  list(): Promise<{
    readonly requests: readonly NodeRequestStatus[]
    readonly nodes: readonly NodeStatus[]
  }>
  approve(code: string): Promise<NodeStatus>
  reject(code: string): Promise<NodeRequestStatus>
  /** Cuts its connection. */
  remove(name: string): Promise<NodeStatus>
}

/** What the HTTP surface needs from a running gateway. */
export interface ControlPlane {
  readonly registrations: RegistrationControl
  readonly pairing: PairingControl
  readonly approvals: ApprovalControl
  readonly cron: CronControl
  readonly nodes: NodeControl
  status(): Promise<Status>
  agents(): readonly AgentSummary[]
  /** Rejects with an error of the code `UNKNOWN_AGENT`. */
  pauseAgent(id: string, options: { readonly reason?: string }): Promise<AgentSummary>
  /** Rejects with `UNKNOWN_AGENT`, or `PAUSED_BY_CONFIG` where only the config can do it. */
  resumeAgent(id: string): Promise<AgentSummary>
  /** Ends its process, if it has one, and answers anew what it was answering. Rejects as `pauseAgent`. */
  restartAgent(id: string): Promise<AgentSummary>
  /** Rejects with `UNKNOWN_AGENT`, also for a session of another agent, and with `INVALID_SESSION_KEY`. */
  tools(question: ToolsQuestion): Promise<ToolsReport>
  /** `id` is a message id of the gateway or of the platform, inbound or outbound. Nothing found: an empty list. */
  why(id: string): Promise<readonly Explanation[]>
  /** The newest `limit` entries (before `before`), oldest first. */
  conversation(address: Address, options: ConversationOptions): Promise<readonly Entry[]>
  /** What agents show beside their conversations, the newest first. */
  readonly canvases: {
    list(): Promise<readonly CanvasSummary[]>
    get(
      agentId: string,
      sessionKey: string,
    ): Promise<(CanvasSummary & { readonly html: string }) | undefined>
  }
  /** Undefined: no such account, or its channel takes no requests. */
  handleRequest(channel: string, accountId: string, request: Request): Promise<Response | undefined>
}
