import { randomUUID } from 'node:crypto'
import { copyFile, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from '../errors.ts'
import { isMissing } from './load-config-file.ts'

export interface WriteOptions {
  /** Keep the old content beside the file. Default true. */
  readonly backup?: boolean
  /** Permissions of the new file. Default: those of the old one; without one, for its owner alone. */
  readonly mode?: number
}

export interface Written {
  /** Where the old content is; undefined when there was none, or no backup was wanted. */
  readonly backupPath: string | undefined
}

/**
 * Replaces a file so that a reader sees the old content or the new one, never a part, also after a crash. The old content
 * is kept as `<path>.bak`. A link stays a link, and the file keeps its permissions; a new one is for its owner alone.
 *
 * @throws ConfigError `WRITE_FAILED`; the file is then as it was.
 */
export async function writeFileAtomically(
  path: string,
  content: string,
  { backup = true, mode: wantedMode }: WriteOptions = {},
): Promise<Written> {
  const temporaryPaths: string[] = []
  try {
    const target = await realpath(path).catch((error: unknown) => {
      if (isMissing(error)) return path
      throw error
    })
    await mkdir(dirname(target), { recursive: true })
    const mode = await modeOf(target)
    const backupPath = backup && mode !== undefined ? `${target}.bak` : undefined
    if (backupPath !== undefined) {
      const copy = temporaryPath(backupPath, temporaryPaths)
      await copyFile(target, copy)
      await rename(copy, backupPath)
    }
    const next = temporaryPath(target, temporaryPaths)
    await writeDurably(next, content, wantedMode ?? mode ?? 0o600)
    await rename(next, target)
    await syncFolder(dirname(target))
    return { backupPath }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError('WRITE_FAILED', `${path} could not be written: ${reason}`, { cause })
  } finally {
    await Promise.all(temporaryPaths.map((temporary) => rm(temporary, { force: true })))
  }
}

/** In the same folder: a rename is atomic on one disk alone. */
function temporaryPath(path: string, list: string[]): string {
  const temporary = `${path}.${randomUUID()}.tmp`
  list.push(temporary)
  return temporary
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode & 0o777
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function writeDurably(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Some systems cannot open a folder; the rename is then as durable as they make it. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  try {
    await folder?.sync().catch(() => {})
  } finally {
    await folder?.close()
  }
}
