import { open } from 'node:fs/promises'
import { idOf, isRecord, textOf, type JsonRecord } from './json.ts'

/** One record of a transcript, and the line that it stands in, from 1. */
export interface TranscriptLine {
  readonly line: number
  readonly record: JsonRecord
}

/** Something in a file that was passed over. */
export interface Skipped {
  readonly file: string
  readonly line: number
  readonly reason: string
}

export interface Transcript {
  /** What leads to the newest record, oldest first: what the conversation is now. */
  readonly lines: readonly TranscriptLine[]
  /** How many messages are no part of it: somebody went back and said something else instead. */
  readonly abandoned: number
  readonly skipped: readonly Skipped[]
}

/**
 * Reads a transcript of the Clawdbot family: JSON Lines, each record naming the one before it (`parentId`). Older files have no
 * names, and their records follow each other.
 */
export async function readTranscript(file: string): Promise<Transcript> {
  const lines: TranscriptLine[] = []
  const skipped: Skipped[] = []
  const handle = await open(file)
  try {
    let line = 0
    for await (const text of handle.readLines({ encoding: 'utf8' })) {
      line += 1
      if (text.trim() === '') continue
      const record = parse(text)
      if (record === undefined) skipped.push({ file, line, reason: 'is no JSON object' })
      else lines.push({ line, record })
    }
  } finally {
    await handle.close()
  }
  const current = pathToNewest(lines)
  const isCurrent = new Set(current)
  const abandoned = lines.filter(
    (each) => !isCurrent.has(each) && textOf(each.record, 'type') === 'message',
  ).length
  return { lines: current, abandoned, skipped }
}

function parse(text: string): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function pathToNewest(lines: readonly TranscriptLine[]): readonly TranscriptLine[] {
  const places = new Map<string, number>()
  for (const [index, { record }] of lines.entries()) {
    const id = idOf(record)
    if (id !== undefined) places.set(id, index)
  }
  const path: TranscriptLine[] = []
  for (let index = lines.length - 1; index >= 0;) {
    const line = lines[index]
    if (line === undefined) break
    path.push(line)
    const { parentId } = line.record
    if (parentId === null) break
    const parent = typeof parentId === 'string' ? places.get(parentId) : undefined
    // A record that is lost or names nothing does not end the story: what stands above it came before.
    index = parent !== undefined && parent < index ? parent : index - 1
  }
  return path.toReversed()
}
