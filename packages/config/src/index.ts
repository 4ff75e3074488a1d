export type {
  AccountConfig,
  AgentConfig,
  BindingConfig,
  BindingMatch,
  BroadcastConfig,
  Config,
  DeliveryConfig,
  DmScope,
  DockerConfig,
  GatewayConfig,
  IdentityConfig,
  JsonValue,
  LimitsConfig,
  MessagesConfig,
  ModelsConfig,
  ProviderConfig,
  QueueConfig,
  QueueMode,
  SandboxConfig,
  SessionConfig,
  StoreConfig,
  ToolProfile,
  ToolRules,
  ToolsConfig,
} from './config.ts'
export { configJsonSchema } from './config-json-schema.ts'
export type { JsonSchema } from './schema/json-schema.ts'
export { parseConfig } from './parse-config.ts'
export type { ParsedConfig, ParseOptions, Reading } from './parse-config.ts'
export { formatDifference } from './flavour/differences.ts'
export type { Difference } from './flavour/differences.ts'
export { flavourNames, flavours } from './flavour/flavours.ts'
export type { Flavour, FlavourName } from './flavour/flavours.ts'
export { migrateConfig } from './migrate-config.ts'
export type { MigratedConfig } from './migrate-config.ts'
export { formatChange } from './lift/change.ts'
export type { Change } from './lift/change.ts'
export type { Origin } from './normalise.ts'
export { describeProblem, formatProblem } from './problem.ts'
export type { Problem, ProblemCode } from './problem.ts'
export type { IncludedFile, ReadInclude } from './include.ts'
export { addAgentToText } from './edit/add-agent.ts'
export type { AddedAgent, BindingConflict, NewAgent, NewBinding } from './edit/add-agent.ts'
