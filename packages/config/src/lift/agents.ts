import type { Node } from '../json5/node.ts'
import {
  array,
  childOf,
  made,
  member,
  nodeAt,
  object,
  put,
  scalar,
  textOf,
  without,
} from '../json5/tree.ts'
import type { Path } from '../report.ts'
import { nearest } from '../schema/nearest.ts'
import type { DefaultAgentsOwn, ListEntry } from './alias.ts'
import { agentListPath, agentsOf, indexOfAgent, indexOfDefault, isMarked } from './agent-list.ts'
import { reportConflicts, type Lifting } from './lifting.ts'
import { mergeNodes } from './merge.ts'
import type { Match } from './pattern.ts'

export function listAgent(row: ListEntry, match: Match, lifting: Lifting): void {
  const { node, path, keyStart } = match
  const id = String(path.at(-1))
  if (node.type !== 'object' || nearest(id, row.unlike ?? []) !== undefined) return
  const agents = agentsOf(lifting.root)
  if (agents === undefined) return
  const written = object([member('id', scalar(id, { start: keyStart, end: keyStart }))], node)
  const own = mergeNodes(written, node)
  reportConflicts(own.conflicts, lifting)
  // Exactly: two ids that differ in case alone are two agents, and refused as such.
  const known = agents.findIndex((agent) => textOf(childOf(agent, 'id')) === id)
  const other = agents[known]
  const to = other === undefined ? agents.length : known
  const merged = other === undefined ? own : mergeNodes(other, without(own.node, ['id']))
  if (other !== undefined) reportConflicts(merged.conflicts, lifting)
  lifting.root = without(putAgent(to, merged.node, lifting.root), path, { prune: true })
  lifting.mapForm ??= { main: row.main, place: node }
  lifting.note(match, { to: agentPath(to) })
}

/** Marks an agent as default, and makes it when nobody declares it. */
export function markDefault(match: Match, lifting: Lifting): void {
  const { node, path } = match
  const agents = agentsOf(lifting.root)
  if (node.type !== 'scalar' || typeof node.value !== 'string' || agents === undefined) return
  const index = mark(node.value, agents, node, lifting)
  lifting.root = without(lifting.root, path, { prune: true })
  lifting.note(match, { to: [...agentPath(index), 'default'] })
}

/** In a map there is no first: `main` answers what nothing catches. */
export function markMapDefault(lifting: Lifting): void {
  const { mapForm } = lifting
  const agents = agentsOf(lifting.root) ?? []
  if (mapForm === undefined || agents.some(isMarked)) return
  const isDeclared = indexOfAgent(agents, 'main') !== -1
  if (!isDeclared && mapForm.main === 'preferred') return
  const { start, end } = mapForm.place
  mark('main', agents, { start, end, implied: true }, lifting)
}

function mark(
  id: string,
  agents: readonly Node[],
  place: Pick<Node, 'start' | 'end' | 'implied'>,
  lifting: Lifting,
): number {
  const known = indexOfAgent(agents, id)
  const index = known === -1 ? agents.length : known
  const agent = agents[index] ?? object([member('id', scalar(id, place))], place)
  const marked = put(agent, ['default'], scalar(true, place))
  lifting.root = putAgent(index, marked, lifting.root)
  return index
}

export function giveToDefault(row: DefaultAgentsOwn, match: Match, lifting: Lifting): void {
  const agents = agentsOf(lifting.root)
  if (agents === undefined) return
  const index = Math.max(indexOfDefault(agents), 0)
  const { node, path, keyStart } = match
  const agent = agents[index] ?? object([member('id', scalar('main', node))], node)
  const { node: merged, conflicts } = mergeNodes(
    agent,
    object([{ key: row.key, keyStart, value: node }], node),
  )
  reportConflicts(conflicts, lifting)
  lifting.root = without(putAgent(index, merged, lifting.root), path, { prune: true })
  lifting.note(match, { to: [...agentPath(index), row.key] })
}

/** Puts an agent into the list, and makes the list where there is none. */
function putAgent(index: number, agent: Node, root: Node): Node {
  if (nodeAt(root, agentListPath) !== undefined) return put(root, agentPath(index), agent)
  return put(root, agentListPath, made(array([agent], agent)))
}

function agentPath(index: number): Path {
  return [...agentListPath, index]
}
