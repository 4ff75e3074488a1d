import type { Node } from '../json5/node.ts'
import {
  array,
  childOf,
  hasRoomFor,
  made,
  member,
  nodeAt,
  object,
  put,
  scalar,
} from '../json5/tree.ts'
import { agentListPath, agentsOf, idOf, indexOfDefault } from '../lift/agent-list.ts'
import type { Flavour } from './flavours.ts'

/**
 * Writes down where the file's own system keeps the agents' files, so that they are found there. Agents that say where are
 * left alone; in these systems `agents.defaults.workspace` is the default agent's alone.
 */
export function implyWorkspaces(
  root: Node,
  { workspace }: Flavour,
  profile: string | undefined,
): Node {
  const agents = agentsOf(root)
  if (workspace === undefined || agents === undefined || root.type !== 'object') return root
  const place = { start: root.start, end: root.start, implied: true } as const
  const main = object([member('id', scalar('main', place))], place)
  const listed = agents.length === 0 ? [main] : agents
  const defaultIndex = indexOfDefault(listed)
  const hasDefault = nodeAt(root, ['agents', 'defaults', 'workspace']) !== undefined
  let implied = agents.length === 0 ? put(root, agentListPath, made(array(listed, place))) : root
  for (const [index, agent] of listed.entries()) {
    const id = idOf(agent)
    if (id === undefined || childOf(agent, 'workspace') !== undefined) continue
    if (index === defaultIndex && hasDefault) continue
    const suffix = index === defaultIndex ? profile : id
    const path = suffix === undefined ? workspace : `${workspace}-${suffix}`
    const { start, end } = agent
    const node = scalar(path, { start, end, implied: true })
    implied = put(implied, [...agentListPath, index, 'workspace'], node)
  }
  return implied
}

/** Writes down whose keys the agents of the file's own system are called with. */
export function implyAuth(root: Node, { authScope }: Flavour): Node {
  const path = ['auth', 'scope']
  if (authScope === undefined || nodeAt(root, path) !== undefined) return root
  if (!hasRoomFor(root, path)) return root
  return put(root, path, scalar(authScope, { start: root.start, end: root.start, implied: true }))
}
