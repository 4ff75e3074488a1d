import type { WorkspaceState } from '../workspace-state.ts'

export interface MethodCall {
  readonly workspace: WorkspaceState
  readonly params: Readonly<Record<string, unknown>>
}

/** The answer without its `ok`, or an `ApiRefusal`. */
export type Method = (call: MethodCall) => object
