import type { JsonValue } from '@junctor/agent'

export type ToolInput =
  | { readonly valid: true; readonly input: JsonValue }
  | { readonly valid: false; readonly problem: string }

/** No text at all is how providers write a call without arguments. */
export function parseToolInput(tool: string, json: string): ToolInput {
  if (json.trim() === '') return { valid: true, input: {} }
  try {
    return { valid: true, input: JSON.parse(json) as JsonValue }
  } catch {
    const problem = `the input of its call of the tool "${tool}" is not valid JSON (${json.length} characters)`
    return { valid: false, problem }
  }
}
