import { builtInGroups, canonicalName } from './catalogue.ts'
import { ToolPolicyError } from './errors.ts'

/** The entry of the list that names a tool, as it was written; undefined when none does. */
export type ToolList = (canonicalTool: string) => string | undefined

export type ToolGroups = ReadonlyMap<string, readonly string[]>

export function readGroups(groups: Readonly<Record<string, readonly string[]>> = {}): ToolGroups {
  const all = [...Object.entries(builtInGroups), ...Object.entries(groups)]
  return new Map(all.map(([name, tools]) => [name.toLowerCase(), tools]))
}

/** Where a list stands in the configuration, for errors. */
export interface ListPlace {
  readonly layer: string
  readonly list: string
}

export function compileToolList(
  entries: readonly string[],
  groups: ToolGroups,
  place: ListPlace,
): ToolList {
  const exact = new Map<string, string>()
  const patterns: { readonly parts: readonly string[]; readonly entry: string }[] = []
  for (const entry of entries) {
    for (const tool of expand(entry, groups, place)) {
      const name = canonicalName(tool)
      if (name.includes('*')) patterns.push({ parts: name.split('*'), entry })
      else if (!exact.has(name)) exact.set(name, entry)
    }
  }
  return (tool) => exact.get(tool) ?? patterns.find(({ parts }) => fits(tool, parts))?.entry
}

function expand(entry: string, groups: ToolGroups, { layer, list }: ListPlace): readonly string[] {
  const name = entry.trim().toLowerCase()
  const refusal = (code: 'BLANK_ENTRY' | 'UNKNOWN_GROUP', reason: string): ToolPolicyError =>
    new ToolPolicyError(code, `${layer}.${list}: ${reason}.`, { details: { list, reason } })
  if (name === '') throw refusal('BLANK_ENTRY', 'an entry is blank; name a tool, or remove it')
  if (!name.startsWith('group:')) return [entry]
  const tools = groups.get(name)
  if (tools !== undefined) return tools
  const known = [...groups.keys()].join(', ')
  throw refusal('UNKNOWN_GROUP', `"${entry}" is no group of tools; there are ${known}`)
}

/** Whether a name consists of the parts in order with anything between them. Time is linear in the name for each part. */
function fits(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (name.length < first.length + last.length) return false
  if (!name.startsWith(first) || !name.endsWith(last)) return false
  let position = first.length
  const end = name.length - last.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, position)
    if (found === -1 || found + part.length > end) return false
    position = found + part.length
  }
  return true
}
