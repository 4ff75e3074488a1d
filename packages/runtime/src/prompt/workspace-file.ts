import type { Stats } from 'node:fs'
import { constants, lstat, open, realpath, type FileHandle } from 'node:fs/promises'
import { basename, join, sep } from 'node:path'
import { RuntimeError } from '../errors.ts'

/** At most `maxBytes` from the beginning of an open file. */
export type ReadStart = (file: FileHandle, maxBytes: number) => Promise<Uint8Array>

export interface WorkspaceFile {
  readonly text: string
  /** Whether `text` is all of it, and not its beginning only. */
  readonly isWhole: boolean
  /** Bytes of the whole file. */
  readonly size: number
  /** Equal stamps: nobody wrote the file in between. Undefined when that cannot be told. */
  readonly stamp: string | undefined
}

export interface ReadOptions {
  /** UTF-16 units that are wanted. */
  readonly maxLength: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Default: from disk. */
  readonly readStart?: ReadStart
}

/**
 * The beginning of a file of the workspace, or `known` when that is still what the file holds; undefined when there is no
 * such file. Links are followed inside the workspace only, and nothing but regular files is opened.
 *
 * Rejects with `RuntimeError` (`PROMPT_FILE_REFUSED`) for a file that is there and may not be used.
 */
export async function readWorkspaceFile(
  workspace: string,
  name: string,
  known: WorkspaceFile | undefined,
  options: ReadOptions,
): Promise<WorkspaceFile | undefined> {
  try {
    const { path, stats } = await locate(workspace, name)
    if (known?.stamp !== undefined && known.stamp === toStamp(stats)) return known
    if (!stats.isFile()) throw refusal(workspace, name, 'is not a regular file')
    return await readFrom(path, workspace, name, options)
  } catch (error) {
    if (isMissing(error)) return undefined
    if (RuntimeError.isInstance(error)) throw error
    const problem = error instanceof Error ? error.message : String(error)
    throw refusal(workspace, name, `cannot be read (${problem})`, error)
  }
}

async function readFrom(
  path: string,
  workspace: string,
  name: string,
  { maxLength, now, readStart = readStartOfFile }: ReadOptions,
): Promise<WorkspaceFile> {
  // Neither a link nor a FIFO that takes the file's place in this moment is followed or waited for.
  await using file = await open(
    path,
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  )
  const stats = await file.stat()
  if (!stats.isFile()) throw refusal(workspace, name, 'is not a regular file')
  if ((await locate(workspace, name)).path !== path)
    throw refusal(workspace, name, 'moved while it was read')
  const bytes = await readStart(file, (maxLength + 2) * maxBytesPerUnit)
  const isWhole = bytes.length >= stats.size
  const text = decode(bytes, isWhole)
  if (text === undefined) throw refusal(workspace, name, 'is not text in UTF-8')
  // A second write within the file system's clock tick would leave the same stamp: not to be trusted yet.
  const settled = now - stats.mtimeMs > clockTickMs && now - stats.ctimeMs > clockTickMs
  return { text, isWhole, size: stats.size, stamp: settled ? toStamp(stats) : undefined }
}

/** Undefined for anything but UTF-8. The end of a beginning may cut a character in two. */
function decode(bytes: Uint8Array, isWhole: boolean): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole })
  } catch {
    return undefined
  }
}

export async function readStartOfFile(file: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const { size } = await file.stat()
  const buffer = new Uint8Array(Math.min(size, maxBytes))
  let length = 0
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

/** What to open. A link must lead to a place inside the workspace. */
async function locate(
  workspace: string,
  name: string,
): Promise<{ readonly path: string; readonly stats: Stats }> {
  const path = join(workspace, name)
  const stats = await lstat(path)
  // In a folder, that may be a link as well.
  if (!stats.isSymbolicLink() && basename(name) === name) return { path, stats }
  const [root, target] = await Promise.all([realpath(workspace), realpath(path)])
  if (target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    return { path: target, stats: await lstat(target) }
  }
  throw refusal(workspace, name, `is a link out of the workspace, to ${target}`)
}

function toStamp({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  )
}

function refusal(workspace: string, name: string, problem: string, cause?: unknown): RuntimeError {
  return new RuntimeError(
    'PROMPT_FILE_REFUSED',
    `${join(workspace, name)} ${problem}; make it a readable text file inside the workspace, or remove it`,
    { cause },
  )
}

/** A UTF-16 unit takes at most three bytes of UTF-8. Two more than wanted show that there is more. */
const maxBytesPerUnit = 3
const clockTickMs = 1_000
