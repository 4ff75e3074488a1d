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
  textOf,
  without,
} from '../json5/tree.ts'
import type { DeniedTools, Words, Wrap } from './alias.ts'
import { reportConflicts, type Lifting } from './lifting.ts'
import { mergeNodes } from './merge.ts'
import type { Match } from './pattern.ts'

export function replaceWord({ words }: Words, match: Match, lifting: Lifting): void {
  const { node, path } = match
  if (node.type !== 'scalar') return
  const written = String(node.value).toLowerCase()
  const word = Object.hasOwn(words, written) ? words[written] : undefined
  if (word === undefined) return
  const value = scalar(word, node)
  lifting.root = put(lifting.root, path, value)
  lifting.note(match, { value })
}

export function wrapText({ key }: Wrap, match: Match, lifting: Lifting): void {
  const { node, path } = match
  if (node.type !== 'scalar' || typeof node.value !== 'string') return
  lifting.root = put(lifting.root, path, object([member(key, node)], node))
  lifting.note(match, { to: [...path, key] })
}

/** A large number has lost digits as a value, so it is taken from the text. */
export function quoteNumber(match: Match, lifting: Lifting): void {
  const { node, path } = match
  if (node.type !== 'scalar' || typeof node.value !== 'number') return
  const written = lifting.sources.slice(node.start, node.end)
  if (!/^-?\d+$/.test(written)) return
  const value = scalar(written, node)
  lifting.root = put(lifting.root, path, value)
  lifting.note(match, { value })
}

export function nameModel(match: Match, lifting: Lifting): void {
  const { node, path, keyStart } = match
  const alias = textOf(childOf(node, 'alias'))
  const to = ['models', 'aliases', alias ?? '']
  if (alias === undefined || !hasRoomFor(lifting.root, to)) return
  const model = scalar(String(path.at(-1)), { start: keyStart, end: keyStart })
  const { node: value, conflicts } = mergeNodes(nodeAt(lifting.root, to) ?? model, model)
  reportConflicts(conflicts, lifting)
  lifting.root = put(without(lifting.root, path, { prune: true }), to, value, keyStart)
  lifting.note(match, { to })
}

/** The rules stay, for the row that leaves them out. */
export function denyTools({ tools, at, when }: DeniedTools, match: Match, lifting: Lifting): void {
  const { node, path } = match
  const denyPath = [...(at === undefined ? path.slice(0, -1) : [at]), 'deny']
  const deny = nodeAt(lifting.root, denyPath)
  if (!when(node) || (deny !== undefined && deny.type !== 'array')) return
  const list = deny ?? made(array([], node))
  const elements = [...list.elements, ...tools.map((tool) => scalar(tool, node))]
  lifting.root = put(lifting.root, denyPath, { ...list, elements })
  lifting.note(match, { to: denyPath })
}

/** What else stands beside `model` stays, and is read as a part of the canonical form. */
export function joinModelParts(match: Match, lifting: Lifting): void {
  const { node, path } = match
  const part = childOf(node, 'model')
  const model = textOf(part)
  if (node.type !== 'object' || part === undefined || model === undefined) return
  const provider = textOf(childOf(node, 'provider'))
  const isWhole = provider === undefined || model.startsWith(`${provider}/`)
  const name = scalar(isWhole ? model : `${provider}/${model}`, part)
  const rest = node.members.filter(({ key }) => key !== 'model' && key !== 'provider')
  const limit = childOf(node, 'max_output_tokens')
  const limitPath = [...path.slice(0, -1), 'limits', 'maxOutputTokens']
  let { root } = lifting
  const takesLimit = limit !== undefined && hasRoomFor(root, limitPath)
  const others = rest.filter(({ key }) => !takesLimit || key !== 'max_output_tokens')
  const value = others.length === 0 ? name : object([member('primary', name), ...others], node)
  root = put(root, path, value)
  if (takesLimit) root = put(root, limitPath, limit)
  lifting.root = root
  lifting.note(match, { value: name })
}
