import { canonicalName, defaultSubagentTools, modeTools } from './catalogue.ts'
import type { PermissionMode, ToolRules } from './layer.ts'

/**
 * What sub-agents lose: their default, except for tools that `configured` allows by their very name, and what `configured`
 * takes besides.
 */
export function subagentTools(configured: ToolRules = {}): ToolRules {
  const named = [...(configured.allow ?? []), ...(configured.alsoAllow ?? [])].map(canonicalName)
  const kept = (defaultSubagentTools.deny ?? []).filter((tool) => !named.includes(tool))
  return { ...configured, deny: [...kept, ...(configured.deny ?? [])] }
}

/** What a mode lets pass. `sandboxed`: commands reach nothing but what the sandbox has. */
export function permissionTools(
  mode: PermissionMode,
  { sandboxed }: { readonly sandboxed: boolean },
): ToolRules {
  if (mode === 'full') return {}
  const commands = mode === 'workspace' && sandboxed ? ['group:runtime'] : []
  return { allow: [...modeTools[mode], ...commands] }
}
