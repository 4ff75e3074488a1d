import type { RouterAgent } from './config.ts'
import { RouterError } from './errors.ts'
import { show } from './rules.ts'

/** Agent → everybody who stands in for it: its own list first, then the lists of those, each agent once. */
export type Fallbacks = ReadonlyMap<string, readonly string[]>

export function readFallbacks(agents: readonly RouterAgent[]): Fallbacks {
  const own = new Map(agents.map(({ id, fallback = [] }) => [id, fallback]))
  const settled = new Set<string>()
  for (const { id } of agents) refuseCircle(id, own, [], settled)
  const chains = new Map<string, readonly string[]>()
  for (const [id, list] of own) if (list.length > 0) chains.set(id, chainOf(list, own))
  return chains
}

function chainOf(
  list: readonly string[],
  own: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const chain = new Set(list)
  // A set gives what is added while it is read, too.
  for (const id of chain) for (const next of own.get(id) ?? []) chain.add(next)
  return [...chain]
}

function refuseCircle(
  id: string,
  own: ReadonlyMap<string, readonly string[]>,
  path: readonly string[],
  settled: Set<string>,
): void {
  if (settled.has(id)) return
  const start = path.indexOf(id)
  if (start !== -1) {
    const circle = [...path.slice(start), id].map(show).join(' → ')
    throw new RouterError(
      'FALLBACK_CYCLE',
      `Agents stand in for each other in a circle: ${circle}. Remove one fallback of them.`,
    )
  }
  for (const next of own.get(id) ?? []) refuseCircle(next, own, [...path, id], settled)
  settled.add(id)
}
