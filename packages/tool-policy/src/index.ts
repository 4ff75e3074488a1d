export { defaultSandboxTools } from './catalogue.ts'
export { ToolPolicyError } from './errors.ts'
export type { ToolPolicyErrorCode } from './errors.ts'
export type {
  PermissionMode,
  ToolLayer,
  ToolPolicyOptions,
  ToolProfile,
  ToolRules,
} from './layer.ts'
export { knownTools, meansNothing } from './known-tools.ts'
export { permissionTools, subagentTools } from './made-rules.ts'
export { compileToolPolicy, rulesForModel, toolMatcher } from './tool-policy.ts'
export type { ToolPolicy, ToolVerdict } from './tool-policy.ts'
