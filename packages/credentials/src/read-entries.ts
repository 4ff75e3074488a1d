import { parseJson5, type Member, type Node } from '@junctor/config'
import type { Entry } from './entry.ts'
import type { Problems } from './problems.ts'
import { readEntry } from './read-entry.ts'

/** Which system's hand wrote the file: entries by profile under `profiles`, or straight by provider. */
export type Shape = 'profiles' | 'by-provider'

export interface Entries {
  readonly shape: Shape
  readonly entries: readonly Entry[]
  /** Provider → ids of its profiles, the first one preferred. */
  readonly order: ReadonlyMap<string, readonly string[]>
}

const ownKeys: ReadonlySet<string> = new Set(['version', 'profiles', 'order'])
/** What the systems of this family keep of their own about profiles. */
const bookkeeping: ReadonlySet<string> = new Set(['lastGood', 'usageStats', 'providerStats'])

const none: Entries = { shape: 'profiles', entries: [], order: new Map() }

/** Reads both shapes. A file that is no such file gives nothing and a problem; a bad entry leaves the others alone. */
export function readEntries(text: string, problems: Problems): Entries {
  const parsed = parseJson5(text)
  if (!parsed.ok) {
    // Its own words would quote the text, and that may be a key.
    problems.refuse(parsed.fault.offset, 'SYNTAX', 'is no JSON from here on')
    return none
  }
  const root = parsed.node
  if (root === undefined) {
    problems.refuse(
      0,
      'MISSING_KEY',
      'is empty: { "version": 1, "profiles": {} } is a file without profiles',
    )
    return none
  }
  if (root.type !== 'object') {
    problems.refuse(root.start, 'INVALID_TYPE', 'must be an object with "profiles"')
    return none
  }
  for (const member of repeated(root)) warnRepeated([], member, problems)
  const profiles = root.members.findLast(({ key }) => key === 'profiles')
  return profiles === undefined
    ? readByProvider(root.members, problems)
    : readProfiles(root.members, profiles, problems)
}

function readProfiles(members: readonly Member[], profiles: Member, problems: Problems): Entries {
  for (const { key, keyStart } of members) {
    if (ownKeys.has(key)) continue
    const message = bookkeeping.has(key)
      ? 'is what another system noted about its calls; it is not read'
      : `unknown field ${JSON.stringify(key)}; it is not read`
    problems.warn({ path: [key], offset: keyStart }, 'UNKNOWN_KEY', message)
  }
  const version = members.findLast(({ key }) => key === 'version')
  if (version !== undefined && !isOne(version.value))
    problems.warn(
      { path: ['version'], offset: version.value.start },
      'INVALID_VALUE',
      'is not 1; what a later version means by it is not known here',
    )
  const { value, keyStart } = profiles
  if (value.type !== 'object') {
    problems.refuse(keyStart, 'INVALID_TYPE', '"profiles" must be an object of profiles by id')
    return none
  }
  for (const member of repeated(value)) warnRepeated(['profiles'], member, problems)
  const entries = lastOfEach(value.members).flatMap((member) => {
    const { key: id, value: node } = member
    if (id.trim() === '' || id !== id.trim())
      return (
        problems.setAside(
          { id, path: ['profiles', id], node },
          'INVALID_ID',
          'is no id: write one such as "anthropic:default"',
        ) ?? []
      )
    return readEntry({ id, path: ['profiles', id], node }, problems) ?? []
  })
  const ids = new Set(value.members.map(({ key }) => key))
  const order = readOrder(
    members.findLast(({ key }) => key === 'order'),
    ids,
    problems,
  )
  return { shape: 'profiles', entries, order }
}

function readByProvider(members: readonly Member[], problems: Problems): Entries {
  const entries = lastOfEach(members).flatMap(({ key, value: node }) => {
    if (key === 'version' || key === 'order') return []
    const place = { id: `${key}:default`, path: [key], node, impliedProvider: key }
    return readEntry(place, problems) ?? []
  })
  return { shape: 'by-provider', entries, order: new Map() }
}

function readOrder(
  order: Member | undefined,
  known: ReadonlySet<string>,
  problems: Problems,
): Entries['order'] {
  const read = new Map<string, readonly string[]>()
  if (order === undefined) return read
  const { value } = order
  if (value.type !== 'object')
    problems.warn(
      { path: ['order'], offset: value.start },
      'INVALID_TYPE',
      'must be an object of lists by provider; it is not read',
    )
  for (const { key, value: list } of value.type === 'object' ? value.members : []) {
    const place = { path: ['order', key], offset: list.start }
    const ids = new Set(list.type === 'array' ? list.elements.flatMap(textOf) : [])
    if (ids.size > 0) read.set(key, [...ids])
    else problems.warn(place, 'INVALID_TYPE', 'must be a list of profile ids; it is not read')
    for (const id of ids)
      if (!known.has(id))
        problems.warn(
          place,
          'INVALID_VALUE',
          `names ${JSON.stringify(id)}, which is no profile of this file`,
        )
  }
  return read
}

function isOne(node: Node): boolean {
  return node.type === 'scalar' && node.value === 1
}

function textOf(node: Node): readonly string[] {
  return node.type === 'scalar' && typeof node.value === 'string' ? [node.value] : []
}

function lastOfEach(members: readonly Member[]): readonly Member[] {
  return [...new Map(members.map((member) => [member.key, member])).values()]
}

/** All but the last of the members that have the same key. */
function repeated(node: Node): readonly Member[] {
  if (node.type !== 'object') return []
  return node.members.filter(
    (member) => node.members.findLast(({ key }) => key === member.key) !== member,
  )
}

function warnRepeated(
  path: readonly string[],
  { key, keyStart }: Member,
  problems: Problems,
): void {
  problems.warn(
    { path: [...path, key], offset: keyStart },
    'DUPLICATE_KEY',
    'is written twice; the last one counts',
  )
}
