import { childOf, hasRoomFor, member, object, put, scalar, textOf } from '../json5/tree.ts'
import type { Words, Wrap } from './alias.ts'
import type { Lifting } from './lifting.ts'
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
