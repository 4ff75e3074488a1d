import type { MessageEntity } from 'grammy/types'
import { matchEmphasis, type EmphasisRun } from './markdown-emphasis.ts'
import type { Formatted } from './formatted.ts'

/** A stretch of output text; runs of `*`, `_` and `~` may still lose characters when they find their other half. */
export interface Piece {
  text: string
  readonly entities: readonly MessageEntity[]
  readonly run?: EmphasisRun
}

const plainStretch = /[^\\`[!<*_~]+/y

/** Emphasis, code, links and escapes inside one block, after https://spec.commonmark.org/0.31.2/#inlines */
export function inlineToEntities(source: string): Formatted {
  const pieces: Piece[] = []
  for (let index = 0; index < source.length;) {
    plainStretch.lastIndex = index
    const plain = plainStretch.exec(source)
    const piece = plain
      ? { consumed: plain[0].length, text: plain[0], entities: [] }
      : readMarkup(source, index)
    pieces.push(piece)
    index += piece.consumed
  }
  const spans = matchEmphasis(pieces)
  const offsets: number[] = []
  const entities: MessageEntity[] = []
  let text = ''
  for (const piece of pieces) {
    for (const entity of piece.entities) {
      entities.push({ ...entity, offset: entity.offset + text.length })
    }
    offsets.push(text.length)
    text += piece.text
  }
  for (const { type, opener, closer } of spans) {
    const offset = (offsets[opener] ?? 0) + (pieces[opener]?.text.length ?? 0)
    const length = (offsets[closer] ?? 0) - offset
    if (length > 0) entities.push({ type, offset, length })
  }
  return { text, entities }
}

type Read = Piece & { readonly consumed: number }

function readMarkup(source: string, index: number): Read {
  const first = source[index] ?? ''
  switch (first) {
    case '\\': {
      return readEscape(source, index)
    }
    case '`': {
      return readCode(source, index)
    }
    case '[': {
      return readLink(source, index, index + 1) ?? literal(first)
    }
    case '!': {
      return (source[index + 1] === '[' && readLink(source, index, index + 2)) || literal(first)
    }
    case '<': {
      return readAutolink(source, index) ?? literal(first)
    }
    default: {
      return readRun(source, index, first)
    }
  }
}

function literal(text: string): Read {
  return { consumed: text.length, text, entities: [] }
}

function readEscape(source: string, index: number): Read {
  const next = source[index + 1] ?? ''
  const isEscape = /[!-/:-@[-`{-~]/.test(next)
  return isEscape ? { consumed: 2, text: next, entities: [] } : literal('\\')
}

function readCode(source: string, index: number): Read {
  const ticks = /^`+/.exec(source.slice(index))?.[0] ?? '`'
  const close = findTicks(source, index + ticks.length, ticks.length)
  if (close < 0) return literal(ticks)
  const inner = source.slice(index + ticks.length, close)
  const isPadded = inner.startsWith(' ') && inner.endsWith(' ') && inner.trim() !== ''
  const text = isPadded ? inner.slice(1, -1) : inner
  const entities: MessageEntity[] = [{ type: 'code', offset: 0, length: text.length }]
  return { consumed: close + ticks.length - index, text, entities }
}

function findTicks(source: string, from: number, count: number): number {
  for (const match of source.slice(from).matchAll(/`+/g)) {
    if (match[0].length === count) return from + match.index
  }
  return -1
}

const destination =
  /\(\s*(?:<([^<>\n]*)>|([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*))(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y

/** `[label](url)`; an image becomes a link to it. Without a usable address the source stays. */
function readLink(source: string, index: number, labelStart: number): Read | undefined {
  const labelEnd = findBracket(source, labelStart)
  if (labelEnd < 0) return undefined
  destination.lastIndex = labelEnd + 1
  const target = destination.exec(source)
  const url = target?.[1] ?? target?.[2] ?? ''
  if (!target || !isLinkable(url)) return undefined
  const consumed = labelEnd + 1 + target[0].length - index
  const label = inlineToEntities(source.slice(labelStart, labelEnd))
  const text = label.text === '' ? url : label.text
  const link: MessageEntity = { type: 'text_link', offset: 0, length: text.length, url }
  const inner = label.entities.filter((entity) => entity.type !== 'text_link')
  return { consumed, text, entities: [link, ...inner] }
}

function findBracket(source: string, from: number): number {
  let depth = 1
  for (let index = from; index < source.length; index += 1) {
    const char = source[index]
    if (char === '\\') index += 1
    else if (char === '[') depth += 1
    else if (char === ']') depth -= 1
    if (depth === 0) return index
  }
  return -1
}

function readAutolink(source: string, index: number): Read | undefined {
  const match = /^<((?:https?|tg|mailto):[^\s<>]+)>/i.exec(source.slice(index, index + 2050))
  const url = match?.[1]
  return url ? { consumed: url.length + 2, text: url, entities: [] } : undefined
}

function isLinkable(url: string): boolean {
  return /^(?:https?|tg|mailto):/i.test(url) && URL.canParse(url)
}

function readRun(source: string, index: number, char: string): Read {
  let end = index + 1
  while (source[end] === char) end += 1
  const text = source.slice(index, end)
  const before = index === 0 ? ' ' : lastPoint(source.slice(Math.max(0, index - 2), index))
  const after = end >= source.length ? ' ' : String.fromCodePoint(source.codePointAt(end) ?? 32)
  return {
    consumed: text.length,
    text,
    entities: [],
    run: { char, ...flanking(char, before, after) },
  }
}

function lastPoint(text: string): string {
  return [...text].at(-1) ?? ' '
}

/** https://spec.commonmark.org/0.31.2/#left-flanking-delimiter-run */
function flanking(
  char: string,
  before: string,
  after: string,
): { canOpen: boolean; canClose: boolean } {
  const isSpace = (value: string): boolean => /\s/.test(value)
  const isPunctuation = (value: string): boolean => /[\p{P}\p{S}]/u.test(value)
  const left =
    !isSpace(after) && (!isPunctuation(after) || isSpace(before) || isPunctuation(before))
  const right =
    !isSpace(before) && (!isPunctuation(before) || isSpace(after) || isPunctuation(after))
  if (char !== '_') return { canOpen: left, canClose: right }
  return {
    canOpen: left && (!right || isPunctuation(before)),
    canClose: right && (!left || isPunctuation(after)),
  }
}
