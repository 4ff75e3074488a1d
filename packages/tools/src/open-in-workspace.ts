import { constants, lstat, open, readlink, realpath, type FileHandle } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import { ToolError } from './errors.ts'

/**
 * Opens a regular file inside the workspace for reading. Links are followed as long as they stay inside. What was opened is
 * checked again afterwards, so a link that is swapped in between leads nowhere.
 */
export async function openInWorkspace(
  tool: string,
  workspace: string,
  path: string,
): Promise<FileHandle> {
  const outside = (cause?: unknown): ToolError =>
    new ToolError(
      tool,
      'OUTSIDE_WORKSPACE',
      `${JSON.stringify(path)} is outside of the workspace ${workspace}; give a path inside of it`,
      { cause },
    )
  const notAFile = (): ToolError =>
    new ToolError(
      tool,
      'NOT_A_FILE',
      `${JSON.stringify(path)} in the workspace ${workspace} is not a regular file`,
    )
  if (path.includes('\0')) throw outside()

  try {
    const root = await realpath(workspace)
    const wanted = resolve(workspace, path)
    // Said before the disk is asked: a refusal must not tell whether a file exists out there.
    if (!isInside(resolve(workspace), wanted) && !isInside(root, wanted)) throw outside()
    const target = await realpath(wanted)
    if (!isInside(root, target)) throw outside()
    if (isSystemPath(target) && !isSystemPath(root)) throw outside()
    if (!(await lstat(target)).isFile()) throw notAFile()
    // Without O_NONBLOCK a pipe that takes the file's place in this moment would be waited for.
    const file = await open(
      target,
      constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    )
    try {
      if (!(await file.stat()).isFile()) throw notAFile()
      if (!(await isStillInside(root, target, file))) throw outside()
      return file
    } catch (error) {
      await file.close()
      throw error
    }
  } catch (error) {
    if (ToolError.isInstance(error)) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // O_NOFOLLOW found a link where there was none before.
    if (code === 'ELOOP') throw outside(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new ToolError(
        tool,
        'NOT_FOUND',
        `There is no file ${JSON.stringify(path)} in the workspace ${workspace}`,
        { cause: error },
      )
    }
    throw new ToolError(
      tool,
      'UNREADABLE',
      `${JSON.stringify(path)} in the workspace ${workspace} cannot be read (${String(code)})`,
      { cause: error },
    )
  }
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

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** Files of the kernel look regular and say more than any file of a workspace may, even when the workspace is `/`. */
function isSystemPath(path: string): boolean {
  return ['/proc', '/sys', '/dev'].some((root) => isInside(root, path))
}
