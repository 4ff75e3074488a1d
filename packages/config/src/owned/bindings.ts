import type { Node, ObjectNode } from '../json5/node.ts'
import { childOf, member, nodeAt, object, scalar, textOf } from '../json5/tree.ts'
import { idOf } from '../lift/agent-list.ts'
import type { OwnAccount } from './accounts.ts'

/** A route as a binding of its agent. */
export function ownBinding(agent: Node, route: ObjectNode): Node {
  const id = childOf(agent, 'id')
  return id === undefined ? route : object([member('agentId', id), ...route.members], route)
}

/** Whether one of an agent's routes is for an account of it: then it is the routes that say what leads from there. */
export function isRoutedBy(
  routes: readonly Node[],
  { channel, name }: OwnAccount,
  root: Node,
): boolean {
  const isDefaultMeant = textOf(nodeAt(root, ['routing', 'omittedAccount'])) === 'default'
  const omitted = isDefaultMeant ? 'default' : '*'
  return routes.some((route) => {
    const match = childOf(route, 'match')
    const accountId = textOf(childOf(match, 'accountId')) ?? omitted
    return (
      textOf(childOf(match, 'channel'))?.toLowerCase() === channel.toLowerCase() &&
      (accountId === '*' || accountId === name)
    )
  })
}

/** The binding of a whole account to its agent, unless one is written. */
export function wholeAccount(
  agent: Node,
  { channel, name, node }: OwnAccount,
  written: readonly Node[],
): readonly Node[] {
  const id = childOf(agent, 'id')
  const isWritten = written.some((binding) => {
    const match = childOf(binding, 'match')
    return (
      textOf(childOf(binding, 'agentId'))?.toLowerCase() === idOf(agent) &&
      match?.type === 'object' &&
      match.members.length === 2 &&
      textOf(childOf(match, 'channel'))?.toLowerCase() === channel.toLowerCase() &&
      textOf(childOf(match, 'accountId')) === name
    )
  })
  if (id === undefined || isWritten) return []
  const match = [member('channel', scalar(channel, node)), member('accountId', scalar(name, node))]
  return [object([member('agentId', id), member('match', object(match, node))], node)]
}
