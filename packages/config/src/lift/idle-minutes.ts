import { nodeAt, put, scalar, without } from '../json5/tree.ts'
import type { Lifting } from './lifting.ts'
import type { Match } from './pattern.ts'

/** Alone it means that sessions end for no other reason; beside `reset` it only says after how long. */
export function moveIdleMinutes(match: Match, lifting: Lifting): void {
  const { node, path, keyStart } = match
  const to = ['session', 'reset', 'idleMinutes']
  const hasRules = ['reset', 'resetByType', 'resetByChannel'].some(
    (key) => nodeAt(lifting.root, ['session', key]) !== undefined,
  )
  let root = without(lifting.root, path)
  if (nodeAt(root, to) === undefined) {
    if (!hasRules)
      root = put(
        root,
        ['session', 'reset', 'mode'],
        scalar('idle', { ...node, implied: true }),
        keyStart,
      )
    root = put(root, to, node, keyStart)
  }
  lifting.root = root
  lifting.note(match, { to })
}
