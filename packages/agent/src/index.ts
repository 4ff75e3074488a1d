export type { Agent, AgentIdentity } from './agent.ts'
export { ModelError } from './errors.ts'
export type { ModelErrorCode } from './errors.ts'
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
export type { Model, ModelEvent, ModelRequest, StopReason, Usage } from './model.ts'
export type { Tool, ToolContext, ToolSpec } from './tool.ts'
