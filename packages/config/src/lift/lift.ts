import type { Node } from '../json5/node.ts'
import { formatPath } from '../report.ts'
import { describe } from '../schema/reader.ts'
import { giveToDefault, listAgent, markDefault, markMapDefault } from './agents.ts'
import type { Alias } from './alias.ts'
import { aliases } from './aliases.ts'
import { positionIn, type Change } from './change.ts'
import { bindChannel } from './channel-agent.ts'
import { foreignAliases } from './foreign.ts'
import type { Lifting, LiftOptions } from './lifting.ts'
import { ignore, move } from './move.ts'
import { moveIdleMinutes } from './idle-minutes.ts'
import { matchesOf, type Match } from './pattern.ts'
import { writeRoomSenders } from './room-senders.ts'
import { listRooms } from './rooms.ts'
import {
  denyTools,
  joinModelParts,
  nameModel,
  quoteNumber,
  replaceWord,
  wrapText,
} from './values.ts'

export interface Lifted {
  readonly node: Node
  /** In the order of the text. */
  readonly changes: readonly Change[]
  readonly leftOut: readonly Match[]
}

/** Reads every other spelling as what it means. Nodes keep their places in the text. */
export function lift(root: Node, options: LiftOptions): Lifted {
  const changes: { readonly offset: number; readonly change: Change }[] = []
  const lifting: Lifting = {
    ...options,
    root,
    leftOut: [],
    note({ keyStart, path, node }, { to, value, why }) {
      const spelt = formatPath(options.written.at(keyStart)?.path ?? path)
      const from = value === undefined ? spelt : `${spelt}: ${describe(node)}`
      const outcome = value === undefined ? to && formatPath(to) : describe(value)
      const change = {
        from,
        ...(outcome === undefined ? {} : { to: outcome }),
        ...(why === undefined ? {} : { why }),
        ...positionIn(options.sources, keyStart),
      }
      changes.push({ offset: keyStart, change })
    },
  }
  for (const row of options.isForeign ? [...aliases, ...foreignAliases] : aliases)
    for (const match of matchesOf(lifting.root, row.from)) apply(row, match, lifting)
  return {
    node: lifting.root,
    changes: changes.toSorted((a, b) => a.offset - b.offset).map(({ change }) => change),
    leftOut: lifting.leftOut,
  }
}

function apply(row: Alias, match: Match, lifting: Lifting): void {
  switch (row.kind) {
    case 'move':
      return move(row, match, lifting)
    case 'ignored':
      return ignore(row, match, lifting)
    case 'list-entry':
      return listAgent(row, match, lifting)
    case 'default-agent':
      return markDefault(match, lifting)
    case 'map-default':
      return markMapDefault(lifting)
    case 'default-agents-own':
      return giveToDefault(row, match, lifting)
    case 'channel-agent':
      return bindChannel(match, lifting)
    case 'words':
      return replaceWord(row, match, lifting)
    case 'wrap':
      return wrapText(row, match, lifting)
    case 'number-ids':
      return quoteNumber(match, lifting)
    case 'model-alias':
      return nameModel(match, lifting)
    case 'denied-tools':
      return denyTools(row, match, lifting)
    case 'rooms':
      return listRooms(row, match, lifting)
    case 'room-senders':
      return writeRoomSenders(match, lifting)
    case 'idle-minutes':
      return moveIdleMinutes(match, lifting)
    case 'model-parts':
      return joinModelParts(match, lifting)
  }
}
