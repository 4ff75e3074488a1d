import { createPositions, type Position } from './json5/position.ts'

/** A spot in one of the texts. */
export interface Location extends Position {
  readonly file?: string
  /** The line itself, without its end; empty where it goes on with a string of the line before. */
  readonly lineText: string
}

/**
 * The texts of one config: the file and what it includes. Their offsets stand on one number line, so that an offset alone
 * says where something is written.
 */
export interface Sources {
  /** Adds a text and answers the offset of its first character. */
  add(text: string, file: string | undefined): number
  locate(offset: number): Location
  /** The same texts, to which others can be added. */
  fork(): Sources
  /** All of them, the file itself first. */
  all(): readonly SourceText[]
  /** The text that an offset lies in. */
  textAt(offset: number): SourceText
  /** What is written between two offsets of one text. */
  slice(start: number, end: number): string
}

export interface SourceText {
  /** The offset of its first character. */
  readonly base: number
  readonly text: string
  readonly file: string | undefined
}

interface PlacedText extends SourceText {
  readonly positionOf: (offset: number) => Position
}

/** The first text begins at 0. */
export function createSources(text: string, file: string | undefined): Sources {
  return sourcesOf([{ base: 0, text, file, positionOf: createPositions(text) }])
}

function sourcesOf(texts: [PlacedText, ...PlacedText[]]): Sources {
  const [first] = texts

  const add = (added: string, name: string | undefined): number => {
    const last = texts.at(-1) ?? first
    // One more than the length: the end of a text is a place too.
    const base = last.base + last.text.length + 1
    texts.push({ base, text: added, file: name, positionOf: createPositions(added) })
    return base
  }
  const textAt = (offset: number): PlacedText =>
    texts.findLast(({ base }) => base <= offset) ?? first

  return {
    add,
    fork: () => sourcesOf([...texts]),
    all: () => texts,
    textAt,
    slice(start, end) {
      const source = textAt(start)
      return source.text.slice(start - source.base, end - source.base)
    },
    locate(offset) {
      const source = textAt(offset)
      const position = source.positionOf(offset - source.base)
      const lineStart = offset - source.base - position.column + 1
      const isContinued = /\\(?:\r\n|[\n\r\u2028\u2029])$/.test(
        source.text.slice(0, lineStart).slice(-3),
      )
      const line = /^[^\n\r\u2028\u2029]*/.exec(source.text.slice(lineStart))?.[0] ?? ''
      const lineText = isContinued ? '' : line
      return { ...position, lineText, ...(source.file === undefined ? {} : { file: source.file }) }
    },
  }
}
