import type { SubagentsConfig } from '../subagents-config.ts'
import type { AgentToAgentBounds, AgentToAgentRules } from '../agent-to-agent-config.ts'
import type {
  BootstrapConfig,
  AgentRuntimeConfig,
  CommandsConfig,
  CronConfig,
  DeliveryConfig,
  GatewayConfig,
  LimitsConfig,
  QueueConfig,
  ResetRule,
  RoutingConfig,
  SandboxConfig,
  SessionConfig,
  StoreConfig,
} from '../config.ts'
import type { AccountInput } from '../schema/accounts.ts'
import type { PermissionsConfig } from '../tools-config.ts'

/** What stands where the file says nothing. The schema shows these values, and resolving fills them in. */
export const defaultGateway = {
  host: '127.0.0.1',
  port: 8000,
  maxMessageBytes: 262_144,
} satisfies Partial<GatewayConfig>

export const defaultLimits = {
  maxConcurrentTurns: 16,
  maxToolCalls: 25,
  turnTimeoutMs: 600_000,
  toolTimeoutMs: 60_000,
  maxOutputTokens: 4_096,
  historyMessages: 40,
} satisfies LimitsConfig

export const defaultBootstrap = {
  bootstrapMaxChars: 20_000,
  bootstrapTotalMaxChars: 60_000,
} satisfies BootstrapConfig

export const defaultAgentRuntime: AgentRuntimeConfig = { isolation: 'inline', memoryMb: 512 }

export const defaultSandbox = {
  mode: 'off',
  scope: 'agent',
  workspaceAccess: 'none',
  sessionToolsVisibility: 'spawned',
} satisfies Partial<SandboxConfig>

export const defaultPermissions = { mode: 'full' } satisfies Partial<PermissionsConfig>

export const defaultGroupChat = { historyLimit: 50 }

export const defaultRouting = {
  omittedAccount: 'any',
  onUnavailable: 'fallback',
} satisfies Partial<RoutingConfig>

export const defaultSession = {
  mainKey: 'main',
  dmScope: 'main',
} satisfies Partial<SessionConfig>

export const defaultAgentToAgent = { enabled: false, allow: [] } satisfies AgentToAgentRules

export const defaultAgentToAgentBounds = {
  maxPingPongTurns: 5,
  maxHops: 12,
} satisfies AgentToAgentBounds

export const defaultSubagents: SubagentsConfig = {
  maxConcurrent: 8,
  maxDepth: 1,
  archiveAfterMinutes: 60,
  allowAgents: [],
}

export const defaultAccount = {
  enabled: true,
  dmPolicy: 'pairing',
  groupPolicy: 'allowlist',
  allowBots: false,
  maxBotTurns: 5,
} satisfies Partial<AccountInput>

export const defaultCron = {
  enabled: true,
  maxJobs: 50,
  shortestIntervalMs: 60_000,
  missed: 'run',
} satisfies CronConfig

export const defaultDelivery = { unknown: 'resend' } satisfies DeliveryConfig

export const defaultStore = { durability: 'process' } satisfies StoreConfig

export const defaultReset = { mode: 'daily', atHour: 4 } satisfies ResetRule

export const defaultCommands = { enabled: true } satisfies Partial<CommandsConfig>

export const defaultQueue = {
  mode: 'queue',
  debounceMs: 1_000,
  cap: 20,
  drop: 'new',
} satisfies Partial<QueueConfig>
