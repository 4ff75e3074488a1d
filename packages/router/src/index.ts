export { agentStates, isUnavailable } from './agent-state.ts'
export type { AgentState, AgentStates, UnavailableState } from './agent-state.ts'
export type {
  Binding,
  BindingMatch,
  BindingPeer,
  BroadcastConfig,
  Policy,
  PolicyCondition,
  RouterAgent,
  RouterConfig,
  SessionConfig,
} from './config.ts'
export { RouterError } from './errors.ts'
export type { RouterErrorCode } from './errors.ts'
export type {
  Candidate,
  CandidateOutcome,
  Explanation,
  LossReason,
  MatchField,
} from './explanation.ts'
export type { LintFinding } from './lint.ts'
export type { PolicyCandidate } from './policy-explanation.ts'
export type { PolicyField } from './policy-conditions.ts'
export { compileRouter } from './router.ts'
export type {
  BindingReference,
  OutboundTarget,
  RouteAnswer,
  RouteFacts,
  RouteInput,
  RoutePeer,
  Router,
  StandIn,
  Tier,
} from './router-contract.ts'
export { compileTextPattern } from './text-pattern.ts'
export type { TextPattern } from './text-pattern.ts'
export type { Day, TimeWindow } from './time-window.ts'
