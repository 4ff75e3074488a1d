import type { FileHandle } from 'node:fs/promises'
import type { JsonValue, Tool } from '@junctor/agent'
import { ToolError } from './errors.ts'
import { openInWorkspace } from './open-in-workspace.ts'

export interface ReadFileOptions {
  /** Larger files are refused. Default: 10 MiB. */
  readonly maxFileBytes?: number
  /** Lines given when the call does not say. Default: 2,000. */
  readonly maxLines?: number
  /** UTF-16 units of one answer; it ends with a whole line where it can. Default: 29,000, which a turn passes on uncut. */
  readonly maxLength?: number
}

/** The tool `read`: lines of a text file in the agent's workspace. It reaches nothing outside of it. */
export function readFile(options: ReadFileOptions = {}): Tool {
  const { maxFileBytes = 10 * 1024 * 1024, maxLines = 2_000, maxLength = 29_000 } = options
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
    async run(input, { agent, signal }) {
      const { path, offset, limit } = parseInput(input, maxLines)
      await using file = await openInWorkspace(name, agent.workspace, path)
      signal.throwIfAborted()
      const text = decode(await readWhole(file, path, maxFileBytes), path)
      return selectLines(text, { path, offset, limit, maxLength })
    },
  }
}

const name = 'read'

function parseInput(
  input: JsonValue,
  maxLines: number,
): { readonly path: string; readonly offset: number; readonly limit: number } {
  const fields: { readonly [key: string]: unknown } = Object(input)
  const { path, offset = 1, limit = maxLines } = fields
  if (typeof path !== 'string' || path === '')
    throw invalid('"path" must be a text that is not empty')
  if (!isCount(offset)) throw invalid('"offset" must be a whole number from 1')
  if (!isCount(limit)) throw invalid('"limit" must be a whole number from 1')
  return { path, offset, limit }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1
}

function invalid(problem: string): ToolError {
  return new ToolError(name, 'INVALID_INPUT', problem)
}

/** Reads to the end of the file, not to the size it claims: it may grow meanwhile. */
async function readWhole(file: FileHandle, path: string, maxBytes: number): Promise<Uint8Array> {
  const { size } = await file.stat()
  const buffer = new Uint8Array(Math.min(size, maxBytes) + 1)
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  if (length > maxBytes) {
    throw new ToolError(name, 'TOO_LARGE', `"${path}" has more than ${maxBytes} bytes`)
  }
  return buffer.subarray(0, length)
}

function decode(bytes: Uint8Array, path: string): string {
  const binary = (cause?: unknown): ToolError =>
    new ToolError(name, 'BINARY', `"${path}" is not a text file in UTF-8 (${bytes.length} bytes)`, {
      cause,
    })
  if (bytes.includes(0)) throw binary()
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw binary(error)
  }
}

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
