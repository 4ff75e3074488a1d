import type { Tool } from '@junctor/agent'
import { readInput } from '../input.ts'
import { MAX_FILE_BYTES, readText } from './text-file.ts'

export interface ReadOptions {
  /** Larger files are refused. Default: 10 MiB. */
  readonly maxFileBytes?: number
  /** Lines given when the call does not say. Default: 2,000. */
  readonly maxLines?: number
  /** UTF-16 units of one answer; it ends with a whole line where it can. Default: 29,000, which a turn passes on uncut. */
  readonly maxLength?: number
}

/** The tool `read`: lines of a text file in the agent's workspace. It reaches nothing outside of it. */
export function readTool(options: ReadOptions = {}): Tool {
  const { maxFileBytes = MAX_FILE_BYTES, maxLines = 2_000, maxLength = 29_000 } = options
  return {
    name: 'read',
    description:
      'Read a text file of your workspace. Paths are relative to the workspace. Long files come in parts: go on with `offset`.',
    inputSchema: {
      type: 'object',
      properties: {
        path: { type: 'string', description: 'Path of the file, inside the workspace' },
        offset: { type: 'integer', minimum: 1, description: 'First line, from 1. Default: 1' },
        limit: {
          type: 'integer',
          minimum: 1,
          description: `Number of lines. Default: ${maxLines}`,
        },
      },
      required: ['path'],
      additionalProperties: false,
    },
    async run(input, { workbench, signal }) {
      const fields = readInput(name, input)
      const path = fields.text('path')
      const offset = fields.count('offset', { least: 1, otherwise: 1 })
      const limit = fields.count('limit', { least: 1, otherwise: maxLines })
      const text = await readText(name, await workbench(), path, { maxBytes: maxFileBytes, signal })
      return selectLines(text, { path, offset, limit, maxLength })
    },
  }
}

const name = 'read'

function selectLines(
  text: string,
  selection: {
    readonly path: string
    readonly offset: number
    readonly limit: number
    readonly maxLength: number
  },
): string {
  const { path, offset, limit, maxLength } = selection
  if (text === '') return `["${path}" is empty.]`
  const lines = text.replace(/\n$/, '').split('\n')
  if (offset > lines.length)
    return `["${path}" has ${lines.length} lines; there is no line ${offset}.]`
  let end = offset - 1
  let length = 0
  const last = Math.min(lines.length, offset - 1 + limit)
  while (end < last) {
    length += (lines[end]?.length ?? 0) + 1
    if (length > maxLength && end > offset - 1) break
    end += 1
  }
  const shown = lines.slice(offset - 1, end).join('\n')
  const isCut = shown.length > maxLength
  const part = isCut ? shown.slice(0, maxLength).toWellFormed() : shown
  if (offset === 1 && end === lines.length && !isCut) return part
  const cutNote = isCut ? ` Line ${offset} is cut to ${maxLength} characters.` : ''
  const next = end < lines.length ? ` Go on with offset ${end + 1}.` : ''
  return `${part}\n\n[Lines ${offset} to ${end} of ${lines.length}.${cutNote}${next}]`
}
