import type { Line } from './markdown-lines.ts'

/** Text that should stay in one message: inline code, a link, something bold, italic or struck out. */
export interface Span {
  readonly start: number
  end: number
}

/** In order, none touching another, and none built from a pair that is further apart than `maxLength`. */
export function readSpans(
  text: string,
  lines: readonly Line[],
  maxLength: number,
): readonly Span[] {
  const spans: Span[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const first = lines[index]
    if (first?.role !== 'text') continue
    while (lines[index + 1]?.role === 'text') index += 1
    readParagraph(text, first.start, lines[index]?.end ?? first.end, maxLength, spans)
  }
  return merge(spans)
}

function readParagraph(
  text: string,
  from: number,
  to: number,
  maxLength: number,
  spans: Span[],
): void {
  const codeEnds = findCodeEnds(text, from, to)
  const openings = new Map<string, number[]>()
  const brackets: number[] = []
  const findParenthesis = createForwardSearch(text, ')')
  const findNewline = createForwardSearch(text, '\n')

  const add = (start: number, end: number): number => {
    if (end - start <= maxLength) spans.push({ start, end })
    return end
  }

  const readLinkEnd = (position: number): number => {
    const start = brackets.pop()
    if (start === undefined || text[position + 1] !== '(') return position + 1
    const end = findParenthesis(position)
    if (end >= to || findNewline(position) < end) return position + 1
    return add(start, end + 1)
  }

  const readEmphasis = (start: number): number => {
    const end = runEnd(text, start, to)
    const delimiter = text.slice(start, Math.min(end, start + 4))
    const starts = openings.get(delimiter) ?? []
    openings.set(delimiter, starts)
    const isWordInside = delimiter.startsWith('_') && isWord(text[start - 1]) && isWord(text[end])
    if (isWordInside) return end
    const opened = isSpace(text[start - 1]) ? undefined : starts.pop()
    if (opened !== undefined) return add(opened, end)
    if (!isSpace(text[end])) starts.push(start)
    return end
  }

  for (let position = from; position < to;) {
    switch (text[position]) {
      case '\\':
        position += 2
        break
      case '`': {
        const end = codeEnds.get(position)
        position = end === undefined ? runEnd(text, position, to) : add(position, end)
        break
      }
      case '[':
        brackets.push(text[position - 1] === '!' ? position - 1 : position)
        position += 1
        break
      case ']':
        position = readLinkEnd(position)
        break
      case '*':
      case '_':
      case '~':
        position = readEmphasis(position)
        break
      default:
        position += 1
    }
  }
}

/** For each run of backticks that the next run of the same length closes: where that one ends. */
function findCodeEnds(text: string, from: number, to: number): ReadonlyMap<number, number> {
  const ends = new Map<number, number>()
  const openRuns = new Map<number, number>()
  let start = text.indexOf('`', from)
  while (start !== -1 && start < to) {
    const end = runEnd(text, start, to)
    const open = openRuns.get(end - start)
    if (open !== undefined) ends.set(open, end)
    openRuns.set(end - start, start)
    start = text.indexOf('`', end)
  }
  return ends
}

/** Answers growing positions without looking at any part of the text twice. */
function createForwardSearch(text: string, wanted: string): (from: number) => number {
  let found = -1
  return (from) => {
    if (found < from) {
      const next = text.indexOf(wanted, from)
      found = next === -1 ? text.length : next
    }
    return found
  }
}

function runEnd(text: string, start: number, to: number): number {
  let end = start + 1
  while (end < to && text[end] === text[start]) end += 1
  return end
}

function merge(spans: Span[]): readonly Span[] {
  const merged: Span[] = []
  for (const span of spans.sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end)
    else merged.push(span)
  }
  return merged
}

function isSpace(character: string | undefined): boolean {
  return character === undefined || character.trim() === ''
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}
