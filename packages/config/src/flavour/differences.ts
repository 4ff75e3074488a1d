import type { Node } from '../json5/node.ts'
import { childOf, textOf } from '../json5/tree.ts'
import { positionIn } from '../lift/change.ts'
import { matchesOf, type Pattern } from '../lift/pattern.ts'
import { reach } from '../lift/spelling.ts'
import { formatPath, type Path } from '../report.ts'
import type { Sources } from '../sources.ts'
import { flavours, type FlavourName } from './flavours.ts'

/** Something that means more or less here than in the system whose file it is. */
export interface Difference {
  /** As the file spells it. */
  readonly path: string
  /** One clause for a person. */
  readonly message: string
  readonly file?: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 code units. */
  readonly column: number
}

interface Row {
  readonly systems: readonly FlavourName[]
  readonly at: Pattern
  readonly applies: (node: Node) => boolean
  /** `$` is the name of the system. */
  readonly message: string
}

const successors: readonly FlavourName[] = ['opensoul', 'clawdia', 'openclaw']
const family: readonly FlavourName[] = ['clawdbot', ...successors]

const rows: readonly Row[] = [
  {
    systems: family,
    at: 'agents.list',
    applies: hasSeveral,
    message:
      'every agent has credentials of its own; $ lends those of the main agent to the others',
  },
  {
    systems: ['argentos', 'penguin'],
    at: 'agents.list',
    applies: hasSeveral,
    message: 'every agent has a memory of its own; in $ they share one',
  },
  {
    systems: successors,
    at: 'bindings.*.match',
    applies: (match) => childOf(match, 'accountId') === undefined,
    message:
      'without accountId it means every account; $ takes the account "default" alone, as routing: { omittedAccount: "default" } does here',
  },
  {
    systems: family,
    at: 'bindings.*.match',
    applies: (match) =>
      childOf(match, 'peer') !== undefined &&
      ['guildId', 'teamId', 'roles'].some((field) => childOf(match, field) !== undefined),
    message: 'all of its fields must fit; $ looks at the peer alone',
  },
  {
    systems: family,
    at: 'agents.list.*.id',
    applies: isFolded,
    message:
      '$ folds such an id into another one, which can make two agents one; here it is refused',
  },
  {
    systems: family,
    at: 'bindings.*.agentId',
    applies: isFolded,
    message: '$ folds such an id into another one; here it is refused',
  },
  {
    systems: family,
    at: 'session.mainKey',
    applies: (key) => textOf(key) !== 'main',
    message: 'the key is used; $ reads it and routes to "main" all the same',
  },
  ...['channels.telegram|whatsapp', 'channels.telegram|whatsapp.accounts.*'].map((at): Row => ({
    systems: [...family, 'argentos'],
    at,
    // Written out, the policy is read as $ means it.
    applies: (account) =>
      hasMembers(childOf(account, 'groups')) &&
      hasElements(childOf(account, 'allowFrom')) &&
      ['groupPolicy', 'groupAllowFrom'].every((key) => childOf(account, key) === undefined),
    message:
      'everybody in a listed room may speak there; newer versions of $ let people of groupAllowFrom or allowFrom alone, as groupPolicy: "allowlist" does in its file',
  })),
  {
    systems: [...family, 'argentos'],
    at: 'tools.agentToAgent',
    applies: (rules) => {
      const enabled = childOf(rules, 'enabled')
      const allow = childOf(rules, 'allow')
      const isOn = enabled?.type === 'scalar' && enabled.value === true
      return isOn && (allow?.type !== 'array' || allow.elements.length === 0)
    },
    message: 'an empty allow list lets nobody through; in $ it lets everybody',
  },
]

/** What a person who knows the other system would take otherwise, in the order of the text. */
export function differencesOf(
  root: Node,
  flavour: FlavourName,
  { sources, spell }: { readonly sources: Sources; readonly spell: (path: Path) => Path },
): readonly Difference[] {
  const { title } = flavours[flavour]
  return rows
    .filter(({ systems }) => systems.includes(flavour))
    .flatMap(({ at, applies, message }) =>
      matchesOf(root, at)
        .filter(({ node }) => applies(node))
        .map(({ path }) => ({
          offset: reach(root, path).offset,
          path: formatPath(spell(path)),
          message: message.replaceAll('$', title),
        })),
    )
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, path, message }) => ({ path, message, ...positionIn(sources, offset) }))
}

/** One line: `clawdbot.json:4:5  session.mainKey: the key is used; …` */
export function formatDifference({ path, message, file, line, column }: Difference): string {
  const where = file === undefined ? `${line}:${column}` : `${file}:${line}:${column}`
  return `${where}  ${path}: ${message}`
}

function hasSeveral(list: Node): boolean {
  return list.type === 'array' && list.elements.length > 1
}

function hasMembers(node: Node | undefined): boolean {
  return node?.type === 'object' && node.members.length > 0
}

function hasElements(node: Node | undefined): boolean {
  return node?.type === 'array' && node.elements.length > 0
}

function isFolded(id: Node): boolean {
  return /[^a-z0-9_-]/i.test(textOf(id) ?? '')
}
