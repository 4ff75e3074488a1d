export { RuntimeError } from './errors.ts'
export type { RuntimeErrorCode } from './errors.ts'
export { createPromptBuilder } from './prompt/prompt-builder.ts'
export { parseIdentity } from './prompt/identity-file.ts'
export type {
  Prompt,
  PromptBuilder,
  PromptBuilderOptions,
  PromptPlace,
} from './prompt/prompt-builder.ts'
export type { PromptSession } from './prompt/prompt-files.ts'
export type { PromptCut, PromptLimits } from './prompt/sections.ts'
export { readWorkspaceFile } from './prompt/workspace-file.ts'
export type { WorkspaceFile } from './prompt/workspace-file.ts'
export { toResumedMessages } from './once-calls.ts'
export { runTurn } from './run-turn.ts'
export type { EmitTurnEvent, TurnEvent } from './turn-event.ts'
export type {
  Admission,
  OnceCall,
  ToolGate,
  TracedCall,
  TurnLimits,
  TurnOptions,
  TurnResult,
  TurnTrace,
} from './turn.ts'
export { windowHistory } from './window-history.ts'
