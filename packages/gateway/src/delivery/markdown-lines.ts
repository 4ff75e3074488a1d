/** A fenced code block. */
export interface Fence {
  /** What stands before its lines: quote marks, and spaces in place of list markers. */
  readonly container: string
  /** The run of backticks or tildes that opened it. */
  readonly marker: string
  /** The first word after the marker, when it looks like a language's name. */
  readonly language: string
  /** Offset of its first line. */
  readonly start: number
  /** Length of its first line. */
  readonly openLength: number
  /** Offset behind its last line, without the line break. */
  end: number
}

export type LineRole = 'text' | 'blank' | 'open' | 'code' | 'close'

export interface Line {
  readonly start: number
  /** Without the line break. */
  readonly end: number
  readonly role: LineRole
  /** The block that an `open`, `code` or `close` line belongs to. */
  readonly fence: Fence | undefined
}

/**
 * Finds fenced code as chat platforms and CommonMark see it, with one licence: code in a list need not be indented, because
 * models often leave that out.
 */
export function readLines(text: string): readonly Line[] {
  const lines: Line[] = []
  let fence: Fence | undefined
  for (let start = 0; start <= text.length;) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline
    // A quoted block ends with its quote.
    if (fence?.container.includes('>') === true && !matchesAt(quoted, text, start))
      fence = undefined
    let role: LineRole
    if (fence === undefined) {
      fence = openedBy(text, start, end)
      role = fence !== undefined ? 'open' : matchesAt(blank, text, start) ? 'blank' : 'text'
    } else {
      role = isClosedBy(fence, text, start) ? 'close' : 'code'
    }
    if (fence !== undefined) fence.end = end
    lines.push({ start, end, role, fence })
    if (role === 'close') fence = undefined
    start = end + 1
  }
  return lines
}

function openedBy(text: string, start: number, end: number): Fence | undefined {
  opening.lastIndex = start
  const [, before = '', marker = '', info = ''] = opening.exec(text) ?? []
  if (marker === '' || (marker.startsWith('`') && info.includes('`'))) return undefined
  const language = languageName.exec(info)?.[1] ?? ''
  const container = before.replace(/[^>\t]/g, ' ')
  return { container, marker, language, start, openLength: end - start, end }
}

function isClosedBy({ container, marker }: Fence, text: string, start: number): boolean {
  const closing = container.includes('>') ? quotedClosing : plainClosing
  closing.lastIndex = start
  const run = closing.exec(text)?.[1]
  return run !== undefined && run[0] === marker[0] && run.length >= marker.length
}

function matchesAt(pattern: RegExp, text: string, start: number): boolean {
  pattern.lastIndex = start
  return pattern.test(text)
}

const opening =
  /((?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))){0,16}[ \t]*)(`{3,}|~{3,})([^\n]*)/y
const languageName = /^[ \t]*([\w+#.-]{1,32})(?=\s|$)/
const plainClosing = /[ \t]*(`{3,}|~{3,})[ \t\r]*(?=\n|$)/y
const quotedClosing = /[ \t>]*(`{3,}|~{3,})[ \t\r]*(?=\n|$)/y
const quoted = /[ \t]*>/y
const blank = /[ \t\r]*(?=\n|$)/y
