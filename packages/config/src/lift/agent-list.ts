import type { Node } from '../json5/node.ts'
import { childOf, nodeAt, textOf } from '../json5/tree.ts'

export const agentListPath = ['agents', 'list']

/** The agents of a tree whose map forms have been read; undefined when something else stands in their place. */
export function agentsOf(root: Node): readonly Node[] | undefined {
  const list = nodeAt(root, agentListPath)
  if (list === undefined) return []
  return list.type === 'array' ? list.elements : undefined
}

export function indexOfAgent(agents: readonly Node[], id: string): number {
  return agents.findIndex((agent) => idOf(agent) === id.toLowerCase())
}

export function idOf(agent: Node): string | undefined {
  return textOf(childOf(agent, 'id'))?.toLowerCase()
}

/** The agent that is marked as default; without a mark the first. -1 without agents. */
export function indexOfDefault(agents: readonly Node[]): number {
  const marked = agents.findIndex(isMarked)
  return marked === -1 && agents.length > 0 ? 0 : marked
}

export function isMarked(agent: Node): boolean {
  const mark = childOf(agent, 'default')
  return mark?.type === 'scalar' && mark.value === true
}
