import type { ArrayNode, Node, ObjectNode } from '../json5/node.ts'
import { parseJson5 } from '../json5/parse-json5.ts'
import { toValue } from '../json5/to-value.ts'
import type { Problem, ProblemCode } from '../problem.ts'
import { createReport, locate, type Path } from '../report.ts'
import { agentId } from '../schema/agents.ts'
import { describe } from '../schema/reader.ts'
import { createSources } from '../sources.ts'
import { insertLast } from './insert.ts'

export interface NewAgent {
  readonly id: string
  readonly name?: string
  readonly model?: string
  readonly workspace?: string
  readonly agentDir?: string
}

/** What a new binding matches; without `accountId` every account of the channel. */
export interface NewBinding {
  readonly channel: string
  readonly accountId?: string
}

export interface BindingConflict extends NewBinding {
  /** The agent that the file gives this match to. */
  readonly agentId: string
}

export type AddedAgent =
  | {
      readonly ok: true
      readonly text: string
      readonly added: readonly NewBinding[]
      /** The file had them already, for this agent. */
      readonly skipped: readonly NewBinding[]
      /** The file gives them to another agent; left as they are. */
      readonly conflicts: readonly BindingConflict[]
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Thrown inside this file alone, to leave an edit that cannot be made. */
interface Refusal {
  readonly path: Path
  readonly code: ProblemCode
  readonly message: string
}

/**
 * Writes an agent and its bindings into the text of a config, and keeps every comment and the layout. In a file without
 * agents `main` answers; it is written down too, so that it goes on answering.
 */
export function addAgentToText(
  text: string,
  agent: NewAgent,
  bindings: readonly NewBinding[] = [],
): AddedAgent {
  const report = createReport(createSources(text, undefined))
  const parsed = parseJson5(text)
  if (!parsed.ok) {
    report.error({ path: [], offset: parsed.fault.offset }, 'SYNTAX', parsed.fault.message)
    return { ok: false, problems: report.problems() }
  }
  try {
    return add(text, agent, bindings)
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal
    report.error(locate(parsed.node, refusal.path), refusal.code, refusal.message)
    return { ok: false, problems: report.problems() }
  }
}

function add(text: string, agent: NewAgent, bindings: readonly NewBinding[]): AddedAgent {
  const id = checkId(agent.id)
  let edited = openList(text, ['agents', 'list'])
  const known = listAt(edited, ['agents', 'list']).elements.map((element) =>
    String(field(toValue(element), 'id')).toLowerCase(),
  )
  if (known.includes(id)) {
    const message = `there is an agent ${JSON.stringify(id)} already`
    return refuse(['agents', 'list', known.indexOf(id)], 'DUPLICATE_ID', message)
  }
  if (known.length === 0 && id !== 'main')
    edited = append(edited, ['agents', 'list'], { id: 'main', default: true })
  edited = append(edited, ['agents', 'list'], { ...agent, id })

  const added: NewBinding[] = []
  const skipped: NewBinding[] = []
  const conflicts: BindingConflict[] = []
  for (const binding of bindings) {
    const { channel, accountId } = binding
    if (added.length === 0) edited = openList(edited, ['bindings'])
    const owner = ownerOf(listAt(edited, ['bindings']), binding)
    if (owner === id) skipped.push(binding)
    else if (owner !== undefined) conflicts.push({ ...binding, agentId: owner })
    else {
      const match = accountId === undefined ? { channel } : { channel, accountId }
      edited = append(edited, ['bindings'], { agentId: id, match })
      added.push(binding)
    }
  }
  return { ok: true, text: edited, added, skipped, conflicts }
}

function checkId(written: string): string {
  const report = createReport(createSources('', undefined))
  const node: Node = { type: 'scalar', value: written, start: 0, end: 0 }
  const id = agentId({ node, path: ['id'] }, report)
  return id ?? refuse([], 'INVALID_ID', report.problems()[0]?.message ?? 'is not an agent id')
}

/** The agent whose binding matches exactly this channel and account, and nothing else besides. */
function ownerOf(list: ArrayNode, { channel, accountId = '*' }: NewBinding): string | undefined {
  for (const element of list.elements) {
    const binding = toValue(element)
    const match = field(binding, 'match')
    const isPlain =
      typeof match === 'object' &&
      match !== null &&
      Object.keys(match).every((key) => key === 'channel' || key === 'accountId')
    if (!isPlain) continue
    const isSame =
      String(field(match, 'channel')).toLowerCase() === channel.toLowerCase() &&
      (field(match, 'accountId') ?? '*') === accountId
    if (isSame) return String(field(binding, 'agentId')).toLowerCase()
  }
  return undefined
}

/** Makes sure that there is a list at this path, with everything around it. */
function openList(text: string, path: readonly string[]): string {
  let edited = nodeOf(text) === undefined ? `${text}${text.trim() === '' ? '' : '\n'}{}\n` : text
  for (const [depth, key] of path.entries()) {
    const parent = objectAt(edited, path.slice(0, depth))
    if (parent.members.some((member) => member.key === key)) continue
    const empty = depth === path.length - 1 ? '[]' : '{}'
    edited = insertLast(edited, parent, `${renderKey(edited, key)}: ${empty}`)
  }
  return edited
}

function append(text: string, path: readonly string[], value: Renderable): string {
  return insertLast(text, listAt(text, path), render(text, value))
}

interface Renderable {
  readonly [key: string]: string | boolean | Renderable | undefined
}

function render(text: string, value: Renderable): string {
  const members = Object.entries(value).flatMap(([key, content]) => {
    if (content === undefined) return []
    const written = typeof content === 'object' ? render(text, content) : JSON.stringify(content)
    return [`${renderKey(text, key)}: ${written}`]
  })
  return `{ ${members.join(', ')} }`
}

/** Keys in quotes where the file has them so: it may have to stay plain JSON. */
function renderKey(text: string, key: string): string {
  const root = nodeOf(text)
  const first = root?.type === 'object' ? root.members[0] : undefined
  return first !== undefined && text.charAt(first.keyStart) === '"' ? `"${key}"` : key
}

function nodeOf(text: string): Node | undefined {
  const parsed = parseJson5(text)
  return parsed.ok ? parsed.node : undefined
}

function nodeAt(text: string, path: readonly string[]): Node | undefined {
  let node = nodeOf(text)
  for (const part of path)
    node =
      node?.type === 'object' ? node.members.findLast(({ key }) => key === part)?.value : undefined
  return node
}

function listAt(text: string, path: readonly string[]): ArrayNode {
  const node = nodeAt(text, path)
  return node?.type === 'array' ? node : refuse(path, 'INVALID_TYPE', mustBe('a list', node))
}

function objectAt(text: string, path: readonly string[]): ObjectNode {
  const node = nodeAt(text, path)
  return node?.type === 'object' ? node : refuse(path, 'INVALID_TYPE', mustBe('an object', node))
}

function mustBe(what: string, node: Node | undefined): string {
  return `must be ${what}${node === undefined ? '' : `, not ${describe(node)}`}`
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function refuse(path: Path, code: ProblemCode, message: string): never {
  const refusal: Refusal = { path, code, message }
  throw refusal
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'path' in value && 'code' in value
}
