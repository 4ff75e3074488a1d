export type {
  AccountConfig,
  AgentConfig,
  BindingConfig,
  BindingMatch,
  BroadcastConfig,
  Config,
  DeliveryConfig,
  DmScope,
  GatewayConfig,
  IdentityConfig,
  JsonValue,
  LimitsConfig,
  ModelsConfig,
  ProviderConfig,
  SessionConfig,
  StoreConfig,
  ToolProfile,
  ToolRules,
  ToolsConfig,
} from './config.ts'
export { parseConfig } from './parse-config.ts'
export type { ParsedConfig, ParseOptions } from './parse-config.ts'
export { describeProblem, formatProblem } from './problem.ts'
export type { Problem, ProblemCode } from './problem.ts'
export type { IncludedFile, ReadInclude } from './include.ts'
export { addAgentToText } from './edit/add-agent.ts'
export type { AddedAgent, BindingConflict, NewAgent, NewBinding } from './edit/add-agent.ts'
