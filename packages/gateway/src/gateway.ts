import type { Tool } from '@junctor/agent'
import type { Address, Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import type { Removed, Store } from '@junctor/store'
import type { EventEmitter } from 'eventemitter3'
import type { AccountState } from './accounts.ts'
import type { ChannelSources } from './channel-source.ts'
import type { Approvals } from './approvals/approvals.ts'
import type { AgentCondition } from './availability/availability.ts'
import type { ModelSource, TurnRunner, WorkbenchSource } from './agent-run.ts'
import type { Spending } from './budget/spending.ts'
import type { CronJobs } from './cron/cron.ts'
import type { Canvases } from './canvas/canvases.ts'
import type { ConversationItem } from './conversation.ts'
import type { GatewayEvents } from './events.ts'
import type { Explanation } from './explanation.ts'
import type { Post } from './internal/post.ts'
import type { Pairing } from './pairing/pairing.ts'
import type { Registrations } from './registrations/registry.ts'
import type { ExplainedTools, ToolsQuestion } from './tool-policy/explain-tools.ts'
import type { ToolSource } from './tool-source.ts'

export interface GatewayOptions extends ChannelSources {
  readonly config: Config
  readonly store: Store
  readonly models: ModelSource
  /** Default: none. */
  readonly tools?: readonly Tool[]
  /** Tools that hang on the agent or the config, beside `tools`. Default: none. */
  readonly toolSources?: readonly ToolSource[]
  /** Where the commands of a session run and its files are. Default: nowhere, and tools that need it say so. */
  readonly workbenches?: WorkbenchSource
  /**
   * Runs the turns, also those of agents with `runtime.isolation: process`. Default: all in this process, and turns of such
   * agents fail. `@junctor/isolated-agent` runs them.
   */
  readonly turns?: TurnRunner
  /** Default: silent. A pino logger fits. */
  readonly log?: Logger
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
  /** From 0 up to 1, for jitter. Default: `Math.random`. */
  readonly random?: () => number
  /** Turns at a time over all agents. Default: 64. */
  readonly maxConcurrentTurns?: number
  /** How long a lane stays claimed without a sign of life. Default: 30,000. */
  readonly leaseMs?: number
  /** How often to look for work that no event announced. Default: 5,000. */
  readonly sweepIntervalMs?: number
}

export interface AgentFacts {
  readonly id: string
  readonly name: string
  readonly emoji?: string
  readonly avatar?: string
  readonly model: string
  readonly isDefault: boolean
  readonly state: AgentCondition['state']
  /** Why it cannot answer. */
  readonly reason?: string
  /** When it will be able to answer again by itself, in milliseconds since 1970. */
  readonly until?: number
  /** Present for an agent that does not stand in the config. */
  readonly runtime?: { readonly owner?: string }
}

export interface AgentState extends AgentFacts {
  readonly sessions: number
  /** Messages that wait or are being worked on. */
  readonly pending: number
  /** Messages that were given up. */
  readonly dead: number
  /** What it has spent today, where it has limits for a day. */
  readonly today?: Spending
}

export interface GatewayStatus {
  readonly startedAt: number
  readonly revision: string
  readonly channels: readonly AccountState[]
  readonly agents: readonly AgentState[]
  readonly refusals: number
  /** Runtime agents and bindings that do not go together with the config, each with the reason. */
  readonly setAside: readonly string[]
  /** Strangers who wait to be let in. */
  readonly pairingRequests: number
  /** Deliveries that were ever in doubt. */
  readonly unknownDeliveries: number
}

/** A running gateway. Composed by `createGateway`. */
export interface Gateway {
  /** Opens the channels and takes up what an earlier process left. Resolves when every account has been tried
   * once, or after five seconds. */
  start(): Promise<void>
  /**
   * Takes no more messages, lets running turns and deliveries finish for `graceMs` (default 10,000), hands the rest back to
   * the mailbox, and closes the channels. The store stays open: it belongs to the caller.
   */
  stop(options?: { readonly graceMs?: number }): Promise<void>
  /**
   * Puts another config into force for what comes next; running turns keep theirs. Answers what changed.
   * Throws `RouterError` and changes nothing when its bindings do not fit its agents.
   */
  reload(config: Config): Promise<readonly string[]>
  readonly events: Pick<EventEmitter<GatewayEvents>, 'on' | 'once' | 'off'>
  /** Who waits to be let in and who was. What it changes counts from the next message on. */
  readonly pairing: Pairing
  /** What is in force: the config, with the runtime agents and bindings that go together with it. */
  config(): Config
  /** Agents and bindings beside those of the config. */
  readonly registrations: Registrations
  /**
   * Removes everything that an agent has stored: sessions, mailbox, transcript, outbox, tables. The agent must not be in force
   * any more (`AGENT_CONFIGURED`); turns that it still takes end without a trace.
   */
  purgeAgent(agentId: string): Promise<Removed>
  agents(): readonly AgentFacts[]
  /** Durable, at once. Running turns go on. Rejects with `UNKNOWN_AGENT`. */
  pauseAgent(agentId: string, options?: { readonly reason?: string }): Promise<AgentFacts>
  /** Rejects with `UNKNOWN_AGENT`, and with `PAUSED_BY_CONFIG` for an agent that only the config can resume. */
  resumeAgent(agentId: string): Promise<AgentFacts>
  /**
   * Ends its process, if it has one, and closes its circuit breaker. Messages that it is answering are handed back and
   * answered anew. Rejects with `UNKNOWN_AGENT`.
   */
  restartAgent(agentId: string): Promise<AgentFacts>
  status(): Promise<GatewayStatus>
  /** Puts a message into a session that no channel brought. */
  readonly post: Post
  /**
   * Each tool that an agent could have in a session, allowed or not, and by which rule. Rejects with `UNKNOWN_AGENT`, also for a
   * session of another agent.
   */
  tools(question: ToolsQuestion): Promise<ExplainedTools>
  /** Tool calls that wait for a person's word, and those answered within a day. */
  readonly approvals: Pick<Approvals, 'list' | 'answer'>
  /** Messages that agents get at their time. */
  readonly cron: CronJobs
  /** The story of a message, by its id, the platform's, or an answer's. */
  why(id: string): Promise<readonly Explanation[]>
  /** What one conversation partner wrote and was sent, oldest first. */
  conversation(
    address: Address,
    options: { readonly limit: number; readonly before?: string },
  ): Promise<readonly ConversationItem[]>
  /** What agents show beside their conversations. */
  readonly canvases: Pick<Canvases, 'get' | 'list'>
  /** Pass a request to the account it is for. Undefined: no such account, or its channel takes none. */
  handleRequest(channel: string, accountId: string, request: Request): Promise<Response | undefined>
}
