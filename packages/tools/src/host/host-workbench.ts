import { constants } from 'node:fs'
import { lstat, open, realpath, rename, unlink, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { WorkbenchError, type Workbench } from '@junctor/agent'
import { folderInside, isInside, openInside, refusalOf } from './open-inside.ts'
import { startCommand } from './start-command.ts'

export interface HostWorkbenchOptions {
  /** Absolute path of the agent's workspace. */
  readonly folder: string
  /**
   * Whether file tools stay inside the workspace. Default true. Commands run as the gateway's user and are not held back by
   * this: whoever needs a wall around them uses a sandbox.
   */
  readonly workspaceOnly?: boolean
  /** Absolute paths of folders outside of the workspace whose files may be read as well. Default: none. */
  readonly readable?: readonly string[]
  /** Everything that commands get beside `PATH`, `HOME`, `LANG` and `TZ`. Default: nothing. */
  readonly environment?: Readonly<Record<string, string>>
  /** Where `PATH`, `HOME`, `LANG` and `TZ` come from. Default: the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** The agent's workspace on this machine: commands run as the gateway's own user, in that folder. */
export function createHostWorkbench(options: HostWorkbenchOptions): Workbench {
  const { folder, workspaceOnly = true, environment = {}, env = process.env } = options
  const root = workspaceOnly ? folder : '/'
  const readRoot = (path: string): string =>
    options.readable?.find((other) => isInside(other, resolve(folder, path))) ?? root

  return {
    place: 'host',
    folder,
    run: (script, { folder: at = '.', environment: more = {}, signal }) =>
      startCommand({
        script,
        folder: resolve(folder, at),
        environment: { ...inherited(env), ...environment, ...more },
        signal,
      }),
    async readFile(path, { maxBytes, signal }) {
      await using file = await openInside(readRoot(path), folder, path)
      signal.throwIfAborted()
      return await readWhole(file, path, maxBytes)
    },
    async writeFile(path, content, { signal }) {
      const parent = await folderInside(root, folder, path)
      signal.throwIfAborted()
      await replaceFile(root, join(parent, basename(resolve(folder, path))), content, path)
    },
    async removeFile(path) {
      const parent = await folderInside(root, folder, path)
      const target = join(parent, basename(resolve(folder, path)))
      try {
        if ((await lstat(target)).isDirectory())
          throw new WorkbenchError('NOT_A_FILE', `${JSON.stringify(path)} is a folder`)
        await unlink(target)
      } catch (error) {
        throw refusalOf(error, path, root)
      }
    },
  }
}

/** Commands see where programs are and how to speak, and none of the gateway's keys. */
function inherited(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'].flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}

/** Writes beside the old file and takes its place: a reader sees one or the other, and a link is replaced, not followed. */
async function replaceFile(
  root: string,
  target: string,
  content: Uint8Array,
  path: string,
): Promise<void> {
  const draft = join(dirname(target), `.${basename(target)}.${crypto.randomUUID()}`)
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  try {
    const before = await lstat(target).catch(() => undefined)
    if (before !== undefined && !before.isFile() && !before.isSymbolicLink())
      throw new WorkbenchError('NOT_A_FILE', `${JSON.stringify(path)} is not a regular file`)
    const mode = before?.isFile() === true ? before.mode & 0o777 : 0o644
    await using file = await open(draft, flags, mode)
    await file.writeFile(content)
    // The folder may have become a link since it was looked at.
    const parent = await realpath(dirname(draft))
    if (parent !== dirname(target))
      throw new WorkbenchError('OUTSIDE_WORKSPACE', `${JSON.stringify(path)} leads out of ${root}`)
    await rename(draft, target)
  } catch (error) {
    await unlink(draft).catch(() => {})
    throw refusalOf(error, path, root)
  }
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
  if (length > maxBytes)
    throw new WorkbenchError('TOO_LARGE', `${JSON.stringify(path)} has more than ${maxBytes} bytes`)
  return buffer.subarray(0, length)
}
