import { readLines, type Fence, type Line } from './markdown-lines.ts'
import { readSpans } from './markdown-spans.ts'

/**
 * Splits an answer into messages of at most `limit` UTF-16 units (at least 20), each of which reads well alone. Cuts where a
 * paragraph ends, else a line, a sentence, a word, and through a word only when nothing else is left; a code block that is cut is closed
 * and opened again with its language; inline code, links and emphasis stay whole where they can. White space at a cut
 * outside of code goes, everything else stays, in order. Blank text gives no message.
 */
export function splitMarkdown(text: string, limit: number): readonly string[] {
  if (!Number.isSafeInteger(limit) || limit < minLimit) {
    throw new RangeError(
      `A message limit must be a whole number of at least ${minLimit}, not ${limit}`,
    )
  }
  const end = trimEnd(text, text.length)
  let cut: Cut = { next: skipBlankLines(text, 0, limit), reopen: '', line: 0 }
  if (end - cut.next <= limit) return end <= cut.next ? [] : [text.slice(cut.next, end)]

  const lines = readLines(text.slice(0, end))
  const document: Document = { text, lines, isInSpan: createSpanLookup(text, lines, limit), limit }
  const pieces: string[] = []
  while (cut.next < end) {
    const { next, reopen } = cut
    if (reopen.length + end - next <= limit) {
      pieces.push(reopen + text.slice(next, end))
      break
    }
    const found = findCut(document, cut)
    pieces.push(reopen + text.slice(next, found.end) + found.close)
    cut = found
  }
  return pieces
}

interface Document {
  readonly text: string
  readonly lines: readonly Line[]
  readonly isInSpan: (offset: number) => boolean
  readonly limit: number
}

/** Where a message begins. */
interface Cut {
  readonly next: number
  /** What opens the code block again that was cut. */
  readonly reopen: string
  /** Index of the line that holds `next`, or of one before it. */
  readonly line: number
}

/** Where a message ends and the next begins. */
interface FoundCut extends Cut {
  readonly end: number
  /** What closes the code block that is cut. */
  readonly close: string
}

/** The best place to end the message that begins at `from`: the highest rank, and of equals the last. */
function findCut(document: Document, { next: start, reopen, line: firstLine }: Cut): FoundCut {
  const { text, lines, limit } = document
  const last = start + limit - reopen.length
  const quarter = start + Math.ceil(limit / 4) - reopen.length
  const firstVisible = skipSpace(text, start)
  let line = firstLine
  while ((lines[line + 1]?.start ?? Infinity) <= last) line += 1

  let best: FoundCut | undefined
  let bestRank = 0
  for (
    let offset = last;
    offset > start && (offset >= quarter || bestRank < ranks.word);
    offset -= 1
  ) {
    while ((lines[line]?.start ?? 0) > offset) line -= 1
    const rank = rankOf(document, offset, line, offset < quarter)
    if (rank <= bestRank) continue
    const found = cutAt(document, offset, line)
    if (found === undefined || found.end + found.close.length > last) continue
    if (found.close === '' && found.end <= firstVisible) continue
    best = found
    bestRank = rank
    if (rank === ranks.block) break
  }
  return (
    beforeWholeFence(document, start, firstLine, best) ??
    best ??
    cutThrough(document, last, firstLine)
  )
}

const ranks = { block: 7, line: 6, code: 5, sentence: 4, word: 3, early: 2, inSpan: 1, none: 0 }

function rankOf(document: Document, offset: number, index: number, isEarly: boolean): number {
  const { text, lines, isInSpan } = document
  const line = lines[index]
  const rank = line === undefined ? ranks.none : rankInText(text, offset, line, lines[index + 1])
  if (rank === ranks.none || rank === ranks.code)
    return isEarly ? Math.min(rank, ranks.early) : rank
  if (isInSpan(offset)) return ranks.inSpan
  return isEarly ? ranks.early : rank
}

function rankInText(text: string, offset: number, line: Line, following: Line | undefined): number {
  if (offset === line.end) {
    if (line.role === 'open') return ranks.none
    if (line.role === 'code') return following?.role === 'close' ? ranks.block : ranks.code
    const isBlockEnd =
      line.role === 'close' || following?.role !== 'text' || text[following.start] === '#'
    return isBlockEnd ? ranks.block : ranks.line
  }
  if (line.fence !== undefined) return ranks.none
  const before = text[offset - 1] ?? ''
  if (wideSentenceEnds.includes(before)) return ranks.sentence
  if (!isSpaceAt(text, offset)) return ranks.none
  return sentenceEnds.includes(before) ? ranks.sentence : ranks.word
}

/** The cut at the end of a line or between words. Undefined inside of a block that cannot be opened again. */
function cutAt(document: Document, offset: number, index: number): FoundCut | undefined {
  const { text, lines, limit } = document
  const line = lines[index]
  if (line?.role === 'code' && line.fence !== undefined) {
    const around = fenceAround(line.fence, limit)
    if (around !== undefined) {
      const following = lines[index + 1]
      const { close, reopen } = around
      // The added end of the block stands for its own.
      if (following?.role === 'close') {
        const next = skipBlankLines(text, following.end, limit)
        return { end: offset, close, next, reopen: '', line: index + 1 }
      }
      return { end: offset, close, next: offset + 1, reopen, line: index }
    }
  }
  const end = trimEnd(text, offset)
  return { end, close: '', next: skipBlankLines(text, offset, limit), reopen: '', line: index }
}

/** The cut of last resort: as far as the limit allows, but not through a surrogate pair. */
function cutThrough(document: Document, last: number, firstLine: number): FoundCut {
  const { text, lines, limit } = document
  let index = firstLine
  while ((lines[index + 1]?.start ?? Infinity) <= last) index += 1
  const { role, fence } = lines[index] ?? {}
  const around = role === 'open' || fence === undefined ? undefined : fenceAround(fence, limit)
  if (fence === undefined || around === undefined) {
    const next = beforePair(text, last)
    const end = trimEnd(text, next)
    return { end, close: '', next: skipBlankLines(text, next, limit), reopen: '', line: index }
  }
  const { close } = around
  const end = beforePair(text, last - close.length)
  while ((lines[index]?.start ?? 0) > end) index -= 1
  return { end, close, next: end, reopen: around.reopen + fence.container, line: index }
}

/** A code block that would fit into one message is not cut: the message ends before it, however short that is. */
function beforeWholeFence(
  { text, lines, limit }: Document,
  start: number,
  firstLine: number,
  best: FoundCut | undefined,
): FoundCut | undefined {
  const fence = best === undefined || best.reopen === '' ? undefined : lines[best.line]?.fence
  if (fence === undefined || fence.end - fence.start > limit) return undefined
  const end = trimEnd(text, fence.start)
  if (end <= skipSpace(text, start)) return undefined
  return { end, close: '', next: fence.start, reopen: '', line: firstLine }
}

/** What to put around a cut in a code block; undefined when that would leave no room for code. */
function fenceAround(
  { container, marker, language, openLength }: Fence,
  limit: number,
): { readonly close: string; readonly reopen: string } | undefined {
  const close = `\n${container}${marker}`
  if (openLength + close.length > limit - minRoom) return undefined
  for (const label of [language, '']) {
    const reopen = `${container}${marker}${label}\n`
    if (reopen.length + container.length + close.length <= limit - minRoom) return { close, reopen }
  }
  return undefined
}

function createSpanLookup(
  text: string,
  lines: readonly Line[],
  limit: number,
): (offset: number) => boolean {
  const spans = readSpans(text, lines, Math.floor(limit / 2))
  let index = 0
  return (offset) => {
    while (index > 0 && (spans[index]?.start ?? Infinity) >= offset) index -= 1
    while ((spans[index]?.end ?? Infinity) <= offset) index += 1
    return (spans[index]?.start ?? Infinity) < offset
  }
}

/** The first visible character from `offset` on, or the indentation before it when that starts its line. */
function skipBlankLines(text: string, offset: number, limit: number): number {
  const visible = skipSpace(text, offset)
  const newline = text.slice(offset, visible).lastIndexOf('\n')
  if (newline === -1 && offset > 0) return visible
  const lineStart = offset + newline + 1
  return visible - lineStart <= limit / 4 ? lineStart : visible
}

function skipSpace(text: string, offset: number): number {
  let visible = offset
  while (visible < text.length && isSpaceAt(text, visible)) visible += 1
  return visible
}

function trimEnd(text: string, offset: number): number {
  let end = offset
  while (end > 0 && isSpaceAt(text, end - 1)) end -= 1
  return end
}

function isSpaceAt(text: string, offset: number): boolean {
  const code = text.charCodeAt(offset)
  return code <= 32
    ? code === 32 || (code >= 9 && code <= 13)
    : code >= 160 && wideSpace.test(text[offset] ?? '')
}

function beforePair(text: string, offset: number): number {
  const code = text.charCodeAt(offset - 1)
  const next = text.charCodeAt(offset)
  const isPair = code >= 0xd800 && code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff
  return isPair ? offset - 1 : offset
}

const minLimit = 20
/** Code of a cut block that a message holds at least. */
const minRoom = 4
const sentenceEnds = '.!?:;…'
const wideSentenceEnds = '。！？'
const wideSpace = /\s/
