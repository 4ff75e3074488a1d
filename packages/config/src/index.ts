export type {
  AccountConfig,
  AgentAuthConfig,
  AgentConfig,
  AuthConfig,
  AuthScope,
  BindingConfig,
  BindingMatch,
  BroadcastConfig,
  CommandsConfig,
  Config,
  DeliveryConfig,
  DmScope,
  DockerConfig,
  GatewayConfig,
  GroupChatConfig,
  IdentityConfig,
  JsonValue,
  LimitsConfig,
  AgentRuntimeConfig,
  MessagesConfig,
  ModelPrice,
  ModelsConfig,
  PolicyCondition,
  PolicyConfig,
  ProfileTerms,
  ProviderConfig,
  QueueConfig,
  QueueMode,
  ResetRule,
  RoutingConfig,
  SandboxConfig,
  SessionConfig,
  StoreConfig,
  TimeWindow,
} from './config.ts'
export type {
  ElevatedConfig,
  PermissionsConfig,
  Throttle,
  ToolProfile,
  ToolRules,
  ToolsConfig,
} from './tools-config.ts'
export { configJsonSchema } from './config-json-schema.ts'
export type { JsonSchema } from './schema/json-schema.ts'
export type { Addition } from './additions.ts'
export { extendConfig, parseConfig } from './parse-config.ts'
export type { ConfigCheck, Finding, ParsedConfig, ParseOptions, Reading } from './parse-config.ts'
export { formatDifference } from './flavour/differences.ts'
export type { Difference } from './flavour/differences.ts'
export { flavourNames, flavours } from './flavour/flavours.ts'
export type { Flavour, FlavourName } from './flavour/flavours.ts'
export { migrateConfig } from './migrate-config.ts'
export type { MigratedConfig, MigratedInclude, MigrateOptions } from './migrate-config.ts'
export { parseJson5 } from './json5/parse-json5.ts'
export type { ParsedJson5 } from './json5/parse-json5.ts'
export type { Member, Node } from './json5/node.ts'
export { createPositions } from './json5/position.ts'
export type { Position } from './json5/position.ts'
export { toValue } from './json5/to-value.ts'
export { formatPath } from './report.ts'
export { nearest } from './schema/nearest.ts'
export { formatChange } from './lift/change.ts'
export type { Change } from './lift/change.ts'
export type { Origin } from './normalise.ts'
export { sharedConversations } from './checks/sharing.ts'
export type { SharedConversation } from './checks/sharing.ts'
export { describeProblem, formatProblem } from './problem.ts'
export type { Problem, ProblemCode, ProblemPlace } from './problem.ts'
export type { IncludedFile, ReadInclude } from './include.ts'
export { addAgent, removeAgent, setIdentity } from './edit/agents.ts'
export type { NewAgent, NewIdentity, RemovedAgent } from './edit/agents.ts'
export { bindAgent, unbindAgent } from './edit/bindings.ts'
export type { BindingConflict, BoundAgent, NewBinding, UnboundAgent } from './edit/bindings.ts'
export type { ConfigSource, Edited, EditedFile } from './edit/draft.ts'
