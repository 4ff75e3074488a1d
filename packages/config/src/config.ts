import type { AgentToAgentBounds, AgentToAgentRules } from './agent-to-agent-config.ts'
import type { NodeConfig } from './nodes-config.ts'
import type { SubagentsConfig } from './subagents-config.ts'
import type { BrowserConfig, PermissionsConfig, ToolRules, ToolsConfig } from './tools-config.ts'

/** A configuration as the rest of the house reads it: complete, absolute, frozen. `parseConfig` is the only maker. */
export interface Config {
  /** Absolute. Agents, credentials and databases live under it. */
  readonly stateDir: string
  readonly gateway: GatewayConfig
  readonly agents: { readonly list: readonly AgentConfig[] }
  /** In the order of the file. Agent ids and channel names are lower-cased, everything else is as written. */
  readonly bindings: readonly BindingConfig[]
  readonly broadcast?: BroadcastConfig
  readonly routing: RoutingConfig
  readonly session: SessionConfig
  /** What every agent's tools are limited to; `AgentConfig.tools` can only narrow it. */
  readonly tools: AllToolsConfig
  readonly browser: BrowserConfig
  /** Other machines that agents may use, by name. */
  readonly nodes: Readonly<Record<string, NodeConfig>>
  /** Channel → account → its settings. Records have no prototype, so any name is just a name. */
  readonly channels: Readonly<Record<string, Readonly<Record<string, AccountConfig>>>>
  readonly models: ModelsConfig
  readonly auth: AuthConfig
  readonly messages: MessagesConfig
  readonly commands: CommandsConfig
  readonly cron: CronConfig
  readonly delivery: DeliveryConfig
  readonly store: StoreConfig
}

export interface GatewayConfig {
  /** Default `127.0.0.1`: this machine only. */
  readonly host: string
  /** Default 8000. With 0 the system picks a free one. */
  readonly port: number
  /** Names besides `host` and the loopback ones under which browsers may call, as a proxy or another machine does. */
  readonly allowedHosts: readonly string[]
  /** Largest inbound message as stored. Default 262,144. */
  readonly maxMessageBytes: number
}

export interface AgentConfig extends BootstrapConfig {
  readonly id: string
  /** True for exactly one agent: the one that answers what no binding catches. */
  readonly default: boolean
  /** Default: `identity.name`, else the id. */
  readonly name: string
  readonly identity: IdentityConfig
  /** `provider/model`: aliases and bare ids are resolved, and where the file names none a default stands. */
  readonly model: string
  /** Tried in this order when `model` cannot answer. */
  readonly fallbacks: readonly string[]
  /** Absolute. */
  readonly workspace: string
  /** Absolute. */
  readonly agentDir: string
  /** Whose credentials its models are called with. */
  readonly auth: AgentAuthConfig
  readonly tools: ToolsConfig
  readonly permissions: PermissionsConfig
  readonly sandbox: SandboxConfig
  readonly limits: LimitsConfig
  readonly runtime: AgentRuntimeConfig
  /** Senders that this agent answers. Empty: everyone whom the channel lets in. */
  readonly allowFrom: readonly string[]
  readonly groupChat: GroupChatConfig
  readonly subagents: SubagentsConfig
  readonly skills: AgentSkillsConfig
  /** What it is for; policies name it as `role:<role>`. */
  readonly roles: readonly string[]
  /** Agents that answer in its place while it cannot, in order. */
  readonly fallback: readonly string[]
  /** It answers nothing until this is false again. */
  readonly paused: boolean
}

/** How much of the workspace's files (AGENTS.md, SOUL.md, …) an agent's prompt takes. */
export interface BootstrapConfig {
  /** Characters of each file; the rest is cut, and said. Default 20,000. */
  readonly bootstrapMaxChars: number
  /** Characters of all of them together. Default 60,000. */
  readonly bootstrapTotalMaxChars: number
}

/** Which of the skills that it finds an agent may use. */
export interface AgentSkillsConfig {
  /** Names; `*` stands for any text. Default: all. Empty: none. */
  readonly allow: readonly string[]
  /** Wins over `allow`. */
  readonly deny: readonly string[]
  /** By the skill's name, those of all agents included. */
  readonly entries: Readonly<Record<string, SkillSettings>>
}

export interface SkillSettings {
  /** Default true. */
  readonly enabled?: boolean
  /** What the agent's commands get while it may use the skill, and nobody else's. Never log it. */
  readonly env?: Readonly<Record<string, string>>
  /** The value of the variable that the skill calls its primary one. Never log it. */
  readonly apiKey?: string
}

/** How an agent takes part in rooms. What it does not say comes from `messages.groupChat`. */
export interface GroupChatConfig {
  /**
   * Texts that call the agent, whatever their case, or regular expressions. Absent: its identity's name and emoji. Empty:
   * only what the platform itself knows as a mention.
   */
  readonly mentionPatterns?: readonly string[]
  /** Unanswered messages of a room that the agent is told of when it is next asked. Default 50. */
  readonly historyLimit: number
}

export interface IdentityConfig {
  readonly name?: string
  readonly theme?: string
  readonly emoji?: string
  /** A picture for those who show the agent: an address, or a path in the workspace. */
  readonly avatar?: string
  /** Persona text that goes into the system prompt. */
  readonly prompt?: string
}

/** Where an agent's tools run. */
export interface SandboxConfig {
  /** Which sessions: none (default), all but the main one, or all. */
  readonly mode: 'off' | 'non-main' | 'all'
  /** What has a container of its own. Default `agent`. */
  readonly scope: 'agent' | 'session' | 'shared'
  /** How the container sees the agent's workspace. Default `none`. */
  readonly workspaceAccess: 'none' | 'ro' | 'rw'
  /** Which sessions a sandboxed one reaches: those that it started (default), or all that its agent does. */
  readonly sessionToolsVisibility: 'spawned' | 'all'
  readonly docker: DockerConfig
}

export interface DockerConfig {
  readonly image?: string
  readonly network?: string
  /** Run once when the container is made. */
  readonly setupCommand?: string
  /** Folders of the machine, as `from:to:ro`. */
  readonly binds?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Folders in memory that can be written. */
  readonly tmpfs?: readonly string[]
  readonly readOnlyRoot?: boolean
  readonly user?: string
  /** A number and `k`, `m` or `g`. */
  readonly memory?: string
  readonly cpus?: number
  readonly pidsLimit?: number
}

/** Where an agent's turns run. */
export interface AgentRuntimeConfig {
  /** `process`: in a process of its own, so that a crash, a hang or a lack of memory is its own. Default `inline`. */
  readonly isolation: 'inline' | 'process'
  /** Heap of that process, in MiB. Default 512. */
  readonly memoryMb: number
}

export interface LimitsConfig {
  /** Turns that this agent takes at the same time, over all its sessions. Default 16. */
  readonly maxConcurrentTurns: number
  /** Tool calls in one turn. Default 25. */
  readonly maxToolCalls: number
  /** Default 600,000. */
  readonly turnTimeoutMs: number
  /** Of one tool call, where the tool states no time of its own. Default 60,000. */
  readonly toolTimeoutMs: number
  /** Of one model call. Default 4,096. */
  readonly maxOutputTokens: number
  /** Messages of the past that a turn sees. Default 40. */
  readonly historyMessages: number
  /** Turns that the agent may begin in a day, repeated ones included. Absent: any number; so with the limits below. */
  readonly turnsPerDay?: number
  /** Tokens that its models may read and write in a day. */
  readonly tokensPerDay?: number
  /** What its models may cost in a day, in US dollars, by `ModelsConfig.prices`. */
  readonly usdPerDay?: number
  /** How long its turns may take in a day, added up. */
  readonly wallTimePerDayMs?: number
}

/** The section `tools`. */
export interface AllToolsConfig extends ToolsConfig {
  readonly agentToAgent: AgentToAgentRules
}

export type DmScope = 'main' | 'per-peer' | 'per-channel-peer' | 'per-account-channel-peer'

export interface BindingMatch {
  readonly channel: string
  /** `'*'` or absent: every account (see `routing.omittedAccount`). */
  readonly accountId?: string
  readonly peer?: { readonly kind: 'dm' | 'group' | 'channel'; readonly id: string }
  readonly guildId?: string
  readonly teamId?: string
  readonly roles?: readonly string[]
}

export interface BindingConfig {
  readonly id?: string
  readonly agentId: string
  readonly match: BindingMatch
  readonly dmScope?: DmScope
  /** Senders who may speak through this binding; narrows what the channel lets in. */
  readonly allowFrom?: readonly string[]
  readonly comment?: string
  /** Where the file has it when an agent declares it for itself: `agents.list[1].routes[0]`. */
  readonly origin?: string
}

export interface RoutingConfig {
  readonly omittedAccount: 'any' | 'default'
  readonly policies: readonly PolicyConfig[]
  /** Default `fallback`. */
  readonly onUnavailable: 'fallback' | 'queue' | 'reject'
}

/** A rule for messages that no binding catches. */
export interface PolicyConfig {
  readonly id?: string
  readonly when: PolicyCondition
  /** The id of an agent, or `role:<role>`. */
  readonly to: string
  readonly else?: readonly string[]
  readonly comment?: string
}

export interface PolicyCondition extends Partial<BindingMatch> {
  readonly sender?: readonly string[]
  readonly text?: string
  readonly time?: TimeWindow
  readonly agentState?: Readonly<
    Record<string, 'available' | 'busy' | 'paused' | 'over-budget' | 'failing'>
  >
}

export interface TimeWindow {
  /** `HH:MM` */
  readonly from?: string
  readonly to?: string
  readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
  readonly timeZone?: string
}

export interface BroadcastConfig {
  /** All of a group's agents answer at the same time, or each when the one before it in the list has ended. */
  readonly strategy: 'parallel' | 'sequential'
  readonly groups: Readonly<Record<string, readonly string[]>>
}

export interface SessionConfig {
  readonly agentToAgent: AgentToAgentBounds
  readonly mainKey: string
  readonly dmScope: DmScope
  /** Person → their accounts as `<channel>:<peer id>`. */
  readonly identityLinks: Readonly<Record<string, readonly string[]>>
  /** When a session begins anew: what was said before is then no longer part of the conversation. Default: daily at 4. */
  readonly reset: ResetRule
  /** For direct messages, rooms or threads alone. */
  readonly resetByType: {
    readonly dm?: ResetRule
    readonly group?: ResetRule
    readonly thread?: ResetRule
  }
  /** By the channel of the message that finds the session; comes before `resetByType`. */
  readonly resetByChannel: Readonly<Record<string, ResetRule>>
}

export interface ResetRule {
  /** At an hour of each day, after some quiet, or never. */
  readonly mode: 'daily' | 'idle' | 'off'
  /** Hour of the machine's own clock, for `daily`. */
  readonly atHour: number
  /** Minutes since the last turn. With `daily` whichever comes first. */
  readonly idleMinutes?: number
}

/** Messages such as `/status`, which the gateway answers itself. */
export interface CommandsConfig {
  readonly enabled: boolean
  /** Channel → senders who may use the commands that change things for others. Without an entry: the account's `allowFrom`. */
  readonly allowFrom: Readonly<Record<string, readonly string[]>>
}

export type GroupPolicy = 'open' | 'allowlist' | 'disabled'

/** Under `pairing` a stranger is given a code with which a person can let them in; `allowFrom` needs none. */
export type DmPolicy = GroupPolicy | 'pairing'

export interface AccountConfig {
  readonly enabled: boolean
  /** Default `pairing`. The gateway knows the people of the web page, who need none. */
  readonly dmPolicy: DmPolicy
  readonly allowFrom: readonly string[]
  /** Default `allowlist`: rooms that `groups` lists. */
  readonly groupPolicy: GroupPolicy
  /** Senders who may speak in rooms under `allowlist`. Empty: everyone in a listed room. */
  readonly groupAllowFrom: readonly string[]
  /** Whether bots are answered like people. Default false. */
  readonly allowBots: boolean
  /** Turns in a row that bots may begin in a room until a person speaks. Default 5. */
  readonly maxBotTurns: number
  /** By room id; `*` is every room, and what it says holds where the room's own entry says nothing. */
  readonly groups: Readonly<Record<string, GroupConfig>>
  /** The npm package that brings the channel, where it is not built in. */
  readonly package?: string
  /** Keys that only this channel knows, secrets resolved. Never log it. */
  readonly settings: Readonly<Record<string, JsonValue>>
}

export interface GroupConfig {
  /** False: nobody is answered in this room. Default true. */
  readonly enabled?: boolean
  /** False: every message is answered, not only those that call an agent. Default true. */
  readonly requireMention?: boolean
  /** In place of the account's own. */
  readonly allowBots?: boolean
  /** In place of the account's own. */
  readonly maxBotTurns?: number
  /** In place of the agents' own `groupChat.historyLimit`. */
  readonly historyLimit?: number
  /** Senders who may speak in this room, whatever the policy. Empty: everyone whom the policy lets in. */
  readonly allowFrom?: readonly string[]
  /** What agents lose of their tools while they answer in this room. */
  readonly tools?: ToolRules
  /** Topic or thread id → what holds there in place of the room's own. */
  readonly topics?: Readonly<Record<string, TopicConfig>>
}

/** One topic or thread of a room. */
export type TopicConfig = Omit<GroupConfig, 'tools' | 'topics'>

export interface ModelsConfig {
  readonly providers: Readonly<Record<string, ProviderConfig>>
  /** Short name → `provider/model`. */
  readonly aliases: Readonly<Record<string, string>>
  /** `provider/model` → what it costs. */
  readonly prices: Readonly<Record<string, ModelPrice>>
}

/** In US dollars for a million tokens. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
  /** Of those that are read from the provider's cache. Absent: as `input`. */
  readonly cachedInput?: number
}

/**
 * - `agent` the agent's own `auth-profiles.json`, and nothing else
 * - `shared` what the installation has: `<stateDir>/auth-profiles.json`, else the `apiKey` of the provider
 * - `agent-then-shared` first the one, then the other
 */
export type AuthScope = 'agent' | 'shared' | 'agent-then-shared'

export interface AgentAuthConfig {
  /**
   * Absent: nobody wrote one. It is `agent` then for an agent that has a file of its own; one that has none takes the
   * `apiKey` of the provider.
   */
  readonly scope?: AuthScope
  /** Provider → profile ids, the first one preferred. A provider without an entry: its profiles take turns. */
  readonly order: Readonly<Record<string, readonly string[]>>
}

export interface AuthConfig {
  /** Profile id → what it has to be, whoever has one of this id. */
  readonly profiles: Readonly<Record<string, ProfileTerms>>
}

export interface ProfileTerms {
  readonly provider: string
  readonly mode?: 'api_key' | 'token' | 'oauth'
  readonly email?: string
}

export interface ProviderConfig {
  readonly baseUrl?: string
  /** Never log it. */
  readonly apiKey?: string
  readonly api?: 'anthropic' | 'openai-responses' | 'openai-chat'
}

/**
 * What becomes of messages that come while the agent works on another one of the same session.
 *
 * - `queue` each gets a turn of its own, in order
 * - `collect` those that wait join one turn, which begins once nobody has written for `debounceMs`
 * - `steer` they enter the running turn after its next tool calls; where it makes no more, the next turn takes them together
 * - `interrupt` the running turn is given up, and the next one answers its messages and the new one together
 *
 * Only messages of one address (conversation and thread) join; the order is always kept.
 */
export type QueueMode = 'queue' | 'collect' | 'steer' | 'interrupt'

export interface MessagesConfig {
  /** What agents have that do not say otherwise themselves. */
  readonly groupChat: GroupChatConfig
  readonly queue: QueueConfig
}

export interface QueueConfig {
  /** Default `queue`. A session's own setting comes first (the chat command `/queue`), then `byChannel`, then this. */
  readonly mode: QueueMode
  readonly byChannel: Readonly<Record<string, QueueMode>>
  /** How long nobody must have written before collected messages are answered. Default 1,000. */
  readonly debounceMs: number
  /** Messages that may wait in one session. One more is refused, and its sender told. Default 20. */
  readonly cap: number
  /** Which message is refused then: always the new one. */
  readonly drop: 'new'
}

/** Messages that agents get at their time. */
export interface CronConfig {
  /** False: no job is made, and none runs. Default true. */
  readonly enabled: boolean
  /** Jobs that one agent may have. Default 50. */
  readonly maxJobs: number
  /** How far apart the runs of a job are at least. Default 60,000. */
  readonly shortestIntervalMs: number
  /** What becomes of a job that was due while nothing ran here: one run, late (default), or none. */
  readonly missed: 'run' | 'skip'
}

export interface DeliveryConfig {
  /** What happens after a crash to a message that may or may not have been posted. Default `resend`. */
  readonly unknown: 'resend' | 'hold'
}

export interface StoreConfig {
  /** What a stored message survives: the end of the process (default), or also a loss of power. */
  readonly durability: 'process' | 'power-loss'
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
