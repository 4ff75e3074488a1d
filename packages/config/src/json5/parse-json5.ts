import type { Member, Node } from './node.ts'
import { createScanner, type Scanner, type SyntaxFault } from './scanner.ts'

export type ParsedJson5 =
  | { readonly ok: true; readonly node: Node | undefined }
  | { readonly ok: false; readonly fault: SyntaxFault }

const deepest = 100
const words: ReadonlyMap<string, boolean | null | number> = new Map<
  string,
  boolean | null | number
>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['NaN', Number.NaN],
])

/**
 * Reads JSON5 (https://spec.json5.org) into a tree with positions. Never throws. `node` is undefined for a text that holds
 * nothing but white space and comments. Values may stand 100 deep.
 */
export function parseJson5(text: string): ParsedJson5 {
  const scanner = createScanner(text)
  try {
    if (scanner.peek() === '') return { ok: true, node: undefined }
    const node = readValue(scanner, 1)
    if (scanner.peek() !== '') scanner.fail(scanner.offset())
    return { ok: true, node }
  } catch (fault) {
    if (isFault(fault)) return { ok: false, fault }
    throw fault
  }
}

function readValue(scanner: Scanner, depth: number): Node {
  const character = scanner.peek()
  const start = scanner.offset()
  if (depth > deepest) return scanner.fail(start, `values are nested more than ${deepest} deep`)
  if (character === '{') return readObject(scanner, depth)
  if (character === '[') return readArray(scanner, depth)
  const value = readScalar(scanner, character, start)
  return { type: 'scalar', value, start, end: scanner.offset() }
}

function readScalar(
  scanner: Scanner,
  character: string,
  start: number,
): string | number | boolean | null {
  if (character === '"' || character === "'") return scanner.readString()
  const number = scanner.readNumber()
  if (number !== undefined) return number
  const word = scanner.readIdentifier()
  if (word === undefined) return scanner.fail(start)
  const value = words.get(word)
  // The word itself is not told: it may be a secret.
  return value === undefined ? scanner.fail(start, 'put quotes around this text') : value
}

function readObject(scanner: Scanner, depth: number): Node {
  const start = scanner.offset()
  const members: Member[] = []
  scanner.advance()
  while (scanner.peek() !== '}') {
    if (scanner.peek() === '') return scanner.failUnclosed('object', start)
    const keyStart = scanner.offset()
    const key = readKey(scanner)
    if (scanner.peek() !== ':') expected(scanner, 'a colon after the key', 'object', start)
    scanner.advance()
    members.push({ key, keyStart, value: readValue(scanner, depth + 1) })
    if (scanner.peek() === ',') scanner.advance()
    else if (scanner.peek() !== '}') expected(scanner, 'a comma or "}"', 'object', start)
  }
  scanner.advance()
  return { type: 'object', members, start, end: scanner.offset() }
}

function readKey(scanner: Scanner): string {
  const character = scanner.peek()
  const start = scanner.offset()
  if (character === '"' || character === "'") return scanner.readString()
  return scanner.readIdentifier() ?? scanner.fail(start)
}

function readArray(scanner: Scanner, depth: number): Node {
  const start = scanner.offset()
  const elements: Node[] = []
  scanner.advance()
  while (scanner.peek() !== ']') {
    if (scanner.peek() === '') return scanner.failUnclosed('list', start)
    elements.push(readValue(scanner, depth + 1))
    if (scanner.peek() === ',') scanner.advance()
    else if (scanner.peek() !== ']') expected(scanner, 'a comma or "]"', 'list', start)
  }
  scanner.advance()
  return { type: 'array', elements, start, end: scanner.offset() }
}

function expected(scanner: Scanner, what: string, container: string, start: number): never {
  if (scanner.peek() === '') return scanner.failUnclosed(container, start)
  return scanner.fail(scanner.offset(), `expected ${what}`)
}

function isFault(value: unknown): value is SyntaxFault {
  return typeof value === 'object' && value !== null && 'offset' in value && 'message' in value
}
