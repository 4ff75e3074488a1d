export { createApi } from './api.ts'
export type { Api, ApiOptions } from './api.ts'
export { createAuth } from './auth.ts'
export type { Auth, AuthOptions, Identity } from './auth.ts'
export type {
  AgentCondition,
  ApprovalStatus,
  AgentPlaces,
  AgentStatus,
  AgentSummary,
  CanvasSummary,
  ChannelStatus,
  CredentialStatus,
  ControlPlane,
  ConversationOptions,
  Entry,
  Explanation,
  JsonObject,
  NodeControl,
  NodeRequestStatus,
  NodeStatus,
  ExplanationStep,
  PairingApproval,
  PairingControl,
  PairingPlace,
  PairingRequest,
  SandboxStatus,
  TriedSandbox,
  AttestedFact,
  Purged,
  RegistrationControl,
  RegistrationStatus,
  Status,
} from './control-plane.ts'
export type { CronControl, CronJobStatus, WantedCronJob } from './cron-control.ts'
export { ApiError } from './errors.ts'
export type { ApiErrorCode } from './errors.ts'
export type { LoginLink } from './login-links.ts'
export type { AllowedHosts } from './request-origin.ts'
export type { SessionTable } from './sessions.ts'
