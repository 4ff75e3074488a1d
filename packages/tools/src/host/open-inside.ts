import {
  constants,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { WorkbenchError } from '@junctor/agent'

/**
 * Opens a regular file inside `root` for reading; relative paths stand in `folder`. Links are followed as long as they stay
 * inside. What was opened is checked again afterwards, so a link that is swapped in between leads nowhere.
 */
export async function openInside(root: string, folder: string, path: string): Promise<FileHandle> {
  try {
    const { realRoot, wanted } = await confine(root, folder, path)
    const target = await realpath(wanted)
    if (!isInside(realRoot, target)) throw outside(path, root)
    if (isSystemPath(target) && !isSystemPath(realRoot)) throw outside(path, root)
    if (!(await lstat(target)).isFile()) throw notAFile(path)
    // Without O_NONBLOCK a pipe that takes the file's place in this moment would be waited for.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const file = await open(target, flags)
    try {
      if (!(await file.stat()).isFile()) throw notAFile(path)
      if (!(await isStillInside(realRoot, target, file))) throw outside(path, root)
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  } catch (error) {
    throw refusalOf(error, path, root)
  }
}

/** The real path of the folder that a file is to stand in, inside `root`. Missing folders are made. */
export async function folderInside(root: string, folder: string, path: string): Promise<string> {
  try {
    const { realRoot, wanted } = await confine(root, folder, path)
    const missing: string[] = []
    let existing = dirname(wanted)
    let real = await realpath(existing).catch(absent)
    while (real === undefined) {
      missing.unshift(basename(existing))
      existing = dirname(existing)
      real = await realpath(existing).catch(absent)
    }
    if (!isInside(realRoot, real) || isSystemPath(real)) throw outside(path, root)
    const parent = join(real, ...missing)
    await mkdir(parent, { recursive: true })
    if ((await realpath(parent)) !== parent) throw outside(path, root)
    return parent
  } catch (error) {
    throw refusalOf(error, path, root)
  }
}

/** What an agent reads of a fault of the system. */
export function refusalOf(error: unknown, path: string, root: string): WorkbenchError {
  if (error instanceof WorkbenchError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const named = JSON.stringify(path)
  // O_NOFOLLOW found a link where there was none before.
  if (code === 'ELOOP') return outside(path, root, error)
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new WorkbenchError('NOT_FOUND', `There is no file ${named} in ${root}`, { cause: error })
  return new WorkbenchError('REFUSED', `${named} in ${root} cannot be used (${code})`, {
    cause: error,
  })
}

/** Said before the disk is asked: a refusal must not tell whether a file exists out there. */
async function confine(
  root: string,
  folder: string,
  path: string,
): Promise<{ readonly realRoot: string; readonly wanted: string }> {
  if (path.includes('\0')) throw outside(path, root)
  const realRoot = await realpath(root)
  const wanted = resolve(folder, path)
  if (!isInside(resolve(root), wanted) && !isInside(realRoot, wanted)) throw outside(path, root)
  return { realRoot, wanted }
}

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

function outside(path: string, root: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'OUTSIDE_WORKSPACE',
    `${JSON.stringify(path)} is outside of the workspace ${root}; give a path inside of it`,
    { cause },
  )
}

function notAFile(path: string): WorkbenchError {
  return new WorkbenchError('NOT_A_FILE', `${JSON.stringify(path)} is not a regular file`)
}

/** Linux tells where an open file is. Elsewhere its path must still lead to the same file, without links. */
async function isStillInside(root: string, target: string, file: FileHandle): Promise<boolean> {
  if (process.platform === 'linux') {
    const opened = await readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined)
    if (opened !== undefined) return isInside(root, opened)
  }
  const [now, stats] = await Promise.all([realpath(target), file.stat()])
  const found = await lstat(now)
  return now === target && found.dev === stats.dev && found.ino === stats.ino
}

export function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** Files of the kernel look regular and say more than any file of a workspace may, even when the workspace is `/`. */
function isSystemPath(path: string): boolean {
  return ['/proc', '/sys', '/dev'].some((root) => isInside(root, path))
}
