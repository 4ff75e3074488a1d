import type { ArrayNode, Node, ObjectNode } from '../json5/node.ts'
import { array, childOf, made, nodeAt, put, without } from '../json5/tree.ts'
import { agentListPath, agentsOf, idOf } from '../lift/agent-list.ts'
import { ownBinding, isRoutedBy, wholeAccount } from './bindings.ts'
import { moveAccounts, type OwnAccount } from './accounts.ts'
import type { LiftOptions } from '../lift/lifting.ts'
import type { Path } from '../report.ts'

export interface OwnedOptions extends Pick<LiftOptions, 'written' | 'report' | 'sources'> {
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface DeclaredOwned {
  readonly node: Node
  readonly owned: OwnedBindings
}

/** Which of `bindings` come from an agent's own declaration: from one of its routes, or with an account of its own. */
export type OwnedBindings = ReadonlyMap<number, 'route' | 'account'>

/**
 * Makes what agents declare for themselves part of `channels` and `bindings`: their `accounts`, their `routes`, and for an
 * account that none of its agent's routes is for a binding of the whole account. Owned bindings stand behind the written
 * ones: first the routes, agent by agent, then those of whole accounts. Nodes keep their places in the text. What is no
 * account or route stays where it is, for its reader to refuse.
 */
export function declareOwned(root: Node, options: OwnedOptions): DeclaredOwned {
  const agents = agentsOf(root) ?? []
  const routes: Node[] = []
  const accounts: { readonly agent: Node; readonly account: OwnAccount }[] = []
  let node = root
  for (const [index, agent] of agents.entries()) {
    if (idOf(agent) === undefined) continue
    const path = [...agentListPath, index]
    const own = routesOf(agent)
    if (own !== undefined && hasRoomForBindings(root)) {
      routes.push(...own.routes.map((route) => ownBinding(agent, route)))
      node = leave(own.others, [...path, 'routes'], node)
    }
    const moved = moveAccounts(node, path, options)
    node = moved.node
    for (const account of moved.accounts)
      if (!isRoutedBy(own?.routes ?? [], account, root)) accounts.push({ agent, account })
  }
  const written = nodeAt(node, ['bindings'])
  const before = written?.type === 'array' ? written.elements : []
  const whole = accounts.flatMap(({ agent, account }) => wholeAccount(agent, account, before))
  const added = [...routes, ...whole]
  const [first] = added
  if (first === undefined || !hasRoomForBindings(root)) return { node, owned: new Map() }
  const list = written?.type === 'array' ? written : made(array([], first))
  return {
    node: put(node, ['bindings'], { ...list, elements: [...before, ...added] }),
    owned: new Map(
      added.map((_, index) => [before.length + index, index < routes.length ? 'route' : 'account']),
    ),
  }
}

function leave(routes: ArrayNode, path: Path, root: Node): Node {
  return routes.elements.length === 0 ? without(root, path) : put(root, path, routes)
}

function hasRoomForBindings(root: Node): boolean {
  const written = nodeAt(root, ['bindings'])
  return root.type === 'object' && (written === undefined || written.type === 'array')
}

/** The routes of an agent, apart from what is none. */
function routesOf(
  agent: Node,
): { readonly routes: readonly ObjectNode[]; readonly others: ArrayNode } | undefined {
  const list = childOf(agent, 'routes')
  if (list?.type !== 'array') return undefined
  const isRoute = (node: Node): node is ObjectNode =>
    node.type === 'object' && childOf(node, 'agentId') === undefined
  return {
    routes: list.elements.filter(isRoute),
    others: { ...list, elements: list.elements.filter((element) => !isRoute(element)) },
  }
}
