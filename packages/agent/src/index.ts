export type { Agent, AgentIdentity } from './agent.ts'
export { ModelError, WorkbenchError } from './errors.ts'
export type { ModelErrorCode, WorkbenchErrorCode } from './errors.ts'
export { labelled, labelledNote } from './labelled.ts'
export type {
  JsonObject,
  JsonValue,
  Message,
  Part,
  TextPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
} from './message.ts'
export type {
  Model,
  ModelCallOptions,
  ModelEvent,
  ModelRequest,
  StopReason,
  Usage,
} from './model.ts'
export type { Tool, ToolContext, ToolSpec } from './tool.ts'
export type {
  CommandExit,
  CommandOptions,
  FileOptions,
  RunningCommand,
  Workbench,
} from './workbench.ts'
