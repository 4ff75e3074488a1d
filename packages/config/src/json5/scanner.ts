import { positionOf } from './position.ts'

/** Where the text stops being JSON5. */
export interface SyntaxFault {
  readonly offset: number
  /** Without the place: `unexpected "}"`. */
  readonly message: string
}

/** A cursor over the text. Every `read…` throws a `SyntaxFault` through `fail`; the parser catches it once. */
export interface Scanner {
  /** The offset of the next character to read. */
  offset(): number
  /** Skips white space and comments, then looks at the next character; empty at the end of the text. */
  peek(): string
  advance(): void
  /** The offset is at a quote. */
  readString(): string
  /** The offset is at the first character of an unquoted word; undefined when none starts there. */
  readIdentifier(): string | undefined
  /** The offset is at a digit, a sign or a point; undefined when no number starts there. */
  readNumber(): number | undefined
  fail(offset: number, message?: string): never
  /** The text is over, and what began at `start` is still open. */
  failUnclosed(what: string, start: number): never
}

const space = /[\t\n\v\f\r \u00A0\uFEFF\u2028\u2029\p{Zs}]+/uy
const lineComment = /\/\/[^\n\r\u2028\u2029]*/y
const blockComment = /\/\*[^]*?\*\//y
const identifier =
  /(?:[$_\p{ID_Start}]|\\u[0-9a-fA-F]{4})(?:[$\u200C\u200D\p{ID_Continue}]|\\u[0-9a-fA-F]{4})*/uy
const number =
  /[+-]?(?:Infinity|NaN|0[xX][0-9a-fA-F]+|(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)/y
const identifierStart = /^[$_\p{ID_Start}]$/u
const identifierPart = /[$_\u200C\u200D\p{ID_Continue}]/u
const plainCharacters = /[^\\'"\n\r]+/y
const escapes: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\n', ''],
  ['\u2028', ''],
  ['\u2029', ''],
])

export function createScanner(text: string): Scanner {
  let at = 0

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }

  const fail = (offset: number, message?: string): never => {
    const fault: SyntaxFault = { offset, message: message ?? unexpected(text, offset) }
    throw fault
  }

  const failUnclosed = (what: string, start: number): never =>
    fail(
      text.length,
      `the text ends inside the ${what} that starts in line ${positionOf(text, start).line}`,
    )

  const readHex = (digits: number): string => {
    const start = at
    while (at < start + digits) {
      if (!/[0-9a-fA-F]/.test(text.charAt(at))) fail(at)
      at += 1
    }
    return String.fromCharCode(Number.parseInt(text.slice(start, at), 16))
  }

  const readEscape = (): string => {
    const character = text.charAt(at)
    if (character === '') return ''
    if (/[1-9]/.test(character)) return fail(at)
    at += 1
    if (character === 'x') return readHex(2)
    if (character === 'u') return readHex(4)
    if (character === '0') return /[0-9]/.test(text.charAt(at)) ? fail(at) : '\0'
    if (character === '\r') {
      if (text.charAt(at) === '\n') at += 1
      return ''
    }
    return escapes.get(character) ?? character
  }

  return {
    offset: () => at,
    peek() {
      for (;;) {
        take(space)
        if (take(lineComment) !== undefined || take(blockComment) !== undefined) continue
        if (text.startsWith('/*', at)) failUnclosed('comment', at)
        return text.charAt(at)
      }
    },
    advance() {
      at += 1
    },
    readString() {
      const start = at
      const quote = text.charAt(at)
      at += 1
      let value = ''
      for (;;) {
        value += take(plainCharacters) ?? ''
        const character = text.charAt(at)
        if (character === '') return failUnclosed('string', start)
        if (character === '\n' || character === '\r')
          return fail(at, 'a string ends at its line; close it, or end the line with a backslash')
        at += 1
        if (character === quote) return value
        value += character === '\\' ? readEscape() : character
      }
    },
    readIdentifier() {
      const start = at
      const raw = take(identifier)
      if (raw === undefined) return undefined
      let isFirst = true
      for (const [piece] of raw.matchAll(/\\u[0-9a-fA-F]{4}|[^]/gu)) {
        if (piece.length === 6) {
          const character = String.fromCharCode(Number.parseInt(piece.slice(2), 16))
          if (!(isFirst ? identifierStart : identifierPart).test(character)) fail(start)
        }
        isFirst = false
      }
      return raw.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    },
    readNumber() {
      const raw = take(number)
      if (raw === undefined) return undefined
      if (/[\p{ID_Start}0-9$_.]/u.test(text.charAt(at))) return fail(at)
      const isNegative = raw.startsWith('-')
      const size = Number(raw.replace(/^[+-]/, ''))
      return isNegative ? -size : size
    },
    fail,
    failUnclosed,
  }
}

function unexpected(text: string, offset: number): string {
  const code = text.codePointAt(offset)
  if (code === undefined) return 'the text ends too early'
  const character = String.fromCodePoint(code)
  if (character === '\n' || character === '\r') return 'the line ends too early'
  const isVisible = /[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
  return isVisible
    ? `unexpected ${JSON.stringify(character)}`
    : `unexpected character U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
