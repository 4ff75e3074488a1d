import { canonicalName, toolNames } from './catalogue.ts'
import { compileToolList, readGroups } from './tool-list.ts'

/** The names of the tools that profiles, groups and defaults speak of. */
export const knownTools: readonly string[] = [...toolNames].sort((a, b) => (a < b ? -1 : 1))

/**
 * Whether an entry of a list means nothing: it is no group, and no known tool has its name or fits its pattern. `more` names
 * tools besides the known ones.
 *
 * @throws ToolPolicyError for a blank entry and for a group that nobody defined.
 */
export function meansNothing(entry: string, more: readonly string[] = []): boolean {
  const list = compileToolList([entry], readGroups(), { layer: 'tools', list: 'allow' })
  return ![...knownTools, ...more].some((tool) => list(canonicalName(tool)) !== undefined)
}
