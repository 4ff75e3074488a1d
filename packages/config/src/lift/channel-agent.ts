import { array, made, member, nodeAt, object, put, scalar, without } from '../json5/tree.ts'
import type { Lifting } from './lifting.ts'
import type { Match } from './pattern.ts'

/** `channels.telegram.agent: "work"` binds every account, `channels.telegram.accounts.biz.agent` that one. */
export function bindChannel(match: Match, lifting: Lifting): void {
  const { node, path } = match
  if (node.type !== 'scalar') return
  const bindings = nodeAt(lifting.root, ['bindings'])
  if (bindings !== undefined && bindings.type !== 'array') return
  const [, channel, , accountId] = path
  const binding = object(
    [
      member('agentId', node),
      member(
        'match',
        object(
          [
            member('channel', scalar(String(channel), node)),
            member('accountId', scalar(path.length > 3 ? String(accountId) : '*', node)),
          ],
          node,
        ),
      ),
    ],
    node,
  )
  const list = bindings ?? made(array([], node))
  const elements = [...list.elements, binding]
  // The account stays, also when nothing else is said of it: it is configured.
  const root = without(lifting.root, path)
  lifting.root = put(root, ['bindings'], { ...list, elements })
  lifting.note(match, { to: ['bindings', elements.length - 1] })
}
