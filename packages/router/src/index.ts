export type {
  Binding,
  BindingMatch,
  BindingPeer,
  BroadcastConfig,
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
export { compileRouter } from './router.ts'
export type {
  BindingReference,
  OutboundTarget,
  RouteAnswer,
  RouteInput,
  RoutePeer,
  Router,
  Tier,
} from './router-contract.ts'
