export type { Approval, Approver } from './approvals/approval.ts'
export type { Approvals } from './approvals/approvals.ts'
export type { AccountHealth } from './account.ts'
export type { AccountState } from './accounts.ts'
export { pauseAgent, resumeAgent } from './availability/pauses.ts'
export { admit } from './admission.ts'
export type { AdmissionFacts, AdmissionPolicy, Verdict } from './admission.ts'
export type {
  ModelSource,
  TurnPlace,
  TurnRunner,
  WorkbenchRequest,
  WorkbenchSource,
} from './agent-run.ts'
export type { ChannelSource, ChannelSources } from './channel-source.ts'
export type { ConversationItem } from './conversation.ts'
export { createGateway } from './create-gateway.ts'
export { splitMarkdown } from './delivery/split-markdown.ts'
export { GatewayError } from './errors.ts'
export type { GatewayErrorCode } from './errors.ts'
export type { DeliveryFacts, GatewayEvents, MessageFacts, TurnFacts } from './events.ts'
export { explainMessage } from './explain.ts'
export type { ExplainSource } from './explain.ts'
export type { Explanation, ExplanationStep } from './explanation.ts'
export type { AgentFacts, AgentState, Gateway, GatewayOptions, GatewayStatus } from './gateway.ts'
export type { Causation, Origin } from './internal/internal-message.ts'
export type { InternalPost, Post, PostReceipt } from './internal/post.ts'
export type { AnswerTo } from './mail.ts'
export { linkAccount } from './link-account.ts'
export type { LinkAccountOptions } from './link-account.ts'
export type { PairingApproval } from './pairing/approvals.ts'
export type { PairingRequest } from './pairing/book.ts'
export type { PairingPlace } from './pairing/find.ts'
export { createPairing } from './pairing/pairing.ts'
export type { Pairing } from './pairing/pairing.ts'
export { createRegistrationBook } from './registrations/book.ts'
export type { RegistrationBook } from './registrations/book.ts'
export { composeConfig } from './registrations/compose.ts'
export type { Composed } from './registrations/compose.ts'
export { expiredFor } from './registrations/expired.ts'
export type {
  JsonObject,
  RegisteredAgent,
  RegisteredBinding,
  Registration,
  RegistrationStatus,
} from './registrations/registration.ts'
export type { BindingAnswer, Registrations, Unregistered } from './registrations/registry.ts'
export { listSkills } from './skills/list-skills.ts'
export type { ListSkillsOptions } from './skills/list-skills.ts'
export { sandboxSkillsFolder } from './skills/places.ts'
export { routingOf } from './snapshot.ts'
export { readRules } from './rules.ts'
export type { RoutingRules } from './rules.ts'
export { isSandboxed } from './sandboxed.ts'
export { explainTools } from './tool-policy/explain-tools.ts'
export type { ExplainedTool, ExplainedTools, ToolsQuestion } from './tool-policy/explain-tools.ts'
export { compileGates } from './tool-policy/gates.ts'
export type { ToolPlace } from './tool-policy/gates.ts'
export type { FoundTools, ToolRequest, ToolSource } from './tool-source.ts'
export { configProblems } from './config-problems.ts'
