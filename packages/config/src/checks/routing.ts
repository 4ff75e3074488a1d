import { nearest } from '../schema/nearest.ts'
import { quote } from '../schema/reader.ts'
import type { Path } from '../report.ts'
import { checkAgent, checkRoles } from './bindings.ts'
import { join, type CheckContext } from './check.ts'

/** Policies and fallbacks name agents and roles that are there, and nobody stands in for themselves. */
export function checkRouting(context: CheckContext): void {
  checkFallbacks(context)
  checkPolicies(context)
}

function checkFallbacks(context: CheckContext): void {
  const { list } = context.config.agents
  for (const [index, { fallback }] of list.entries()) {
    for (const [position, id] of fallback.entries())
      checkAgent(id, ['agents', 'list', index, 'fallback', position], context)
  }
  const own = new Map(list.map(({ id, fallback }) => [id, fallback]))
  const settled = new Set<string>()
  for (const { id } of list) checkCircle(id, [], own, settled, context)
}

function checkCircle(
  id: string,
  path: readonly string[],
  own: ReadonlyMap<string, readonly string[]>,
  settled: Set<string>,
  context: CheckContext,
): void {
  if (settled.has(id)) return
  const start = path.indexOf(id)
  if (start === -1) {
    for (const next of own.get(id) ?? []) checkCircle(next, [...path, id], own, settled, context)
    settled.add(id)
    return
  }
  const circle = [...path.slice(start), id]
  const { config, report, at } = context
  const index = config.agents.list.findIndex((agent) => agent.id === circle.at(-2))
  report.error(
    at(['agents', 'list', index, 'fallback']),
    'FALLBACK_CYCLE',
    `agents stand in for each other in a circle: ${circle.map(quote).join(' → ')}`,
    'remove one fallback of them',
  )
}

function checkPolicies(context: CheckContext): void {
  const { config, report, at } = context
  const ids = new Map<string, number>()
  for (const [index, policy] of config.routing.policies.entries()) {
    const path = ['routing', 'policies', index]
    checkTarget(policy.to, [...path, 'to'], context)
    for (const [position, id] of (policy.else ?? []).entries())
      checkAgent(id, [...path, 'else', position], context)
    for (const id of Object.keys(policy.when.agentState ?? {}))
      checkAgent(id, [...path, 'when', 'agentState', id], context)
    checkRoles(policy.when, [...path, 'when'], context)
    if (policy.id === undefined) continue
    const first = ids.get(policy.id)
    if (first === undefined) ids.set(policy.id, index)
    else {
      const message = `${report.nameOf(['routing', 'policies', first])} already has the id ${quote(policy.id)}`
      report.error(at([...path, 'id']), 'DUPLICATE_ID', message, 'rename one')
    }
  }
}

function checkTarget(target: string, path: Path, context: CheckContext): void {
  if (!target.startsWith('role:')) return checkAgent(target, path, context)
  const { config, report, at } = context
  const role = target.slice('role:'.length)
  const known = new Set(config.agents.list.flatMap(({ roles }) => roles))
  if (known.has(role)) return
  const suggestion = nearest(role, known)
  const hint =
    known.size === 0
      ? 'write roles: [ … ] for an agent'
      : suggestion === undefined
        ? `the roles are ${join([...known].map(quote))}`
        : `did you mean "role:${suggestion}"?`
  report.error(at(path), 'UNKNOWN_AGENT', `no agent has the role ${quote(role)}`, hint)
}
