import { parsePattern, type PatternNode, type Place } from './pattern-syntax.ts'
import { requiredText } from './required-text.ts'

/** Whether a text has what a pattern describes, somewhere in it. */
export type TextPattern = (text: string) => boolean

type Instruction =
  | { readonly kind: 'one'; readonly fits: (character: string) => boolean }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'split'; readonly to: number[] }
  | { readonly kind: 'found' }

/** Characters of a text that are looked at. */
const longestText = 8_192
/** Steps of a pattern, after its repetitions are written out. */
const longestProgram = 500

/**
 * All ways through the pattern are followed side by side, one character after the other: the time is bounded by the length
 * of the text times that of the pattern, whatever both are.
 *
 * @throws SyntaxError when the pattern cannot be read, or is too long.
 */
export function compileTextPattern(pattern: string): TextPattern {
  const program: Instruction[] = []
  const node = parsePattern(pattern)
  emit(node, program)
  program.push({ kind: 'found' })
  const pieces = requiredText(node)
  if (pieces === undefined) return (text) => runs(program, text)
  // The language's own matcher never goes back in a choice of plain words.
  const words = new RegExp(pieces.map(escaped).join('|'), 'iu')
  return (text) => words.test(text) && runs(program, text)
}

function escaped(piece: string): string {
  return piece.replace(
    /[^a-z0-9]/g,
    (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

function emit(node: PatternNode, program: Instruction[]): void {
  if (program.length >= longestProgram)
    throw new SyntaxError(`it repeats too much: more than ${longestProgram} steps`)
  switch (node.type) {
    case 'one':
      program.push({ kind: 'one', fits: node.fits })
      return
    case 'place':
      program.push({ kind: 'place', place: node.place })
      return
    case 'sequence':
      for (const part of node.parts) emit(part, program)
      return
    case 'choice':
      emitChoice(node.options, program)
      return
    case 'repeat':
      emitRepeat(node, program)
  }
}

function emitChoice(options: readonly PatternNode[], program: Instruction[]): void {
  const starts: number[] = []
  const ends: number[][] = []
  program.push({ kind: 'split', to: starts })
  for (const option of options) {
    starts.push(program.length)
    emit(option, program)
    const end: number[] = []
    ends.push(end)
    program.push({ kind: 'split', to: end })
  }
  for (const end of ends) end.push(program.length)
}

function emitRepeat(
  { part, least, most }: Extract<PatternNode, { type: 'repeat' }>,
  program: Instruction[],
): void {
  for (let count = 0; count < least; count += 1) emit(part, program)
  if (most === Number.POSITIVE_INFINITY) {
    const again = [program.length + 1]
    program.push({ kind: 'split', to: again })
    emit(part, program)
    program.push({ kind: 'split', to: [(again[0] ?? 0) - 1] })
    again.push(program.length)
    return
  }
  const skips: number[][] = []
  for (let count = least; count < most; count += 1) {
    const skip = [program.length + 1]
    skips.push(skip)
    program.push({ kind: 'split', to: skip })
    emit(part, program)
  }
  for (const skip of skips) skip.push(program.length)
}

function runs(program: readonly Instruction[], text: string): boolean {
  const isCut = text.length > longestText
  const characters = Array.from(text.slice(0, longestText))
  let waiting = new Set<number>()
  for (let position = 0; position <= characters.length; position += 1) {
    const holds = (place: Place): boolean => isAt(place, characters, position, isCut)
    const reached = new Set<number>()
    // A match may begin anywhere.
    for (const start of [...waiting, 0]) if (follow(program, start, holds, reached)) return true
    waiting = new Set()
    const character = characters[position]
    if (character === undefined) return false
    for (const index of reached) {
      const instruction = program[index]
      if (instruction?.kind === 'one' && instruction.fits(character)) waiting.add(index + 1)
    }
  }
  return false
}

/** Collects what can be reached without reading a character; true when that is the end. */
function follow(
  program: readonly Instruction[],
  start: number,
  holds: (place: Place) => boolean,
  reached: Set<number>,
): boolean {
  const open = [start]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const instruction = program[index]
    if (instruction === undefined || reached.has(index)) continue
    reached.add(index)
    if (instruction.kind === 'found') return true
    if (instruction.kind === 'split') open.push(...instruction.to)
    if (instruction.kind === 'place' && holds(instruction.place)) open.push(index + 1)
  }
  return false
}

function isAt(
  place: Place,
  characters: readonly string[],
  position: number,
  isCut: boolean,
): boolean {
  if (place === 'start') return position === 0
  if (place === 'end') return position === characters.length && !isCut
  const isBoundary = isWord(characters[position - 1]) !== isWord(characters[position])
  return isBoundary === (place === 'word-boundary')
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character)
}
