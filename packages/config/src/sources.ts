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
  /** What is written between two offsets of one text. */
  slice(start: number, end: number): string
}

interface SourceText {
  readonly base: number
  readonly text: string
  readonly file: string | undefined
  readonly positionOf: (offset: number) => Position
}

/** The first text begins at 0. */
export function createSources(text: string, file: string | undefined): Sources {
  const texts: SourceText[] = []

  const add = (added: string, name: string | undefined): number => {
    const last = texts.at(-1)
    // One more than the length: the end of a text is a place too.
    const base = last === undefined ? 0 : last.base + last.text.length + 1
    texts.push({ base, text: added, file: name, positionOf: createPositions(added) })
    return base
  }
  add(text, file)

  const textAt = (offset: number): SourceText | undefined =>
    texts.findLast(({ base }) => base <= offset)

  return {
    add,
    slice(start, end) {
      const source = textAt(start)
      return source?.text.slice(start - source.base, end - source.base) ?? ''
    },
    locate(offset) {
      const source = textAt(offset)
      if (source === undefined) return { line: 1, column: 1, lineText: '' }
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
