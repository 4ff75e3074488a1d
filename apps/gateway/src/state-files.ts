import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CliError } from './errors.ts'

/** Where the running gateway of a state directory listens. */
export interface Running {
  readonly pid: number
  readonly url: string
}

export function tokenPath(stateDir: string): string {
  return join(stateDir, 'gateway.token')
}

export function runningPath(stateDir: string): string {
  return join(stateDir, 'gateway.json')
}

/** Creates the state directory for its owner alone. Throws `STATE_DIR` when it cannot be written. */
export async function prepareStateDir(stateDir: string): Promise<void> {
  const probe = join(stateDir, `.probe-${process.pid}`)
  try {
    await makeDirectory(stateDir)
    await writeFile(probe, '')
    await rm(probe)
  } catch (cause) {
    throw new CliError(
      'STATE_DIR',
      `The state directory ${stateDir} cannot be written (${String(cause)}). Make it writable, or set JUNCTOR_STATE_DIR to another one.`,
      { cause },
    )
  }
}

/** One level after the other: where a parent takes no directories, as /proc, the recursive `mkdir` of Node 24 never ends. */
async function makeDirectory(path: string): Promise<void> {
  const make = (): Promise<void> => mkdir(path, { mode: 0o700 })
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (error.code !== 'ENOENT' || (await stat(dirname(path)).catch(() => undefined)) !== undefined)
      throw error
    await makeDirectory(dirname(path))
    await make()
  })
}

/** The gateway's bearer token, made at the first start and readable by its owner alone. */
export async function ensureToken(
  stateDir: string,
): Promise<{ readonly token: string; readonly isNew: boolean }> {
  const path = tokenPath(stateDir)
  const token = randomBytes(32).toString('base64url')
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(`${token}\n`)
    } finally {
      await file.close()
    }
    return { token, isNew: true }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    await chmod(path, 0o600)
    return { token: (await readFile(path, 'utf8')).trim(), isNew: false }
  }
}

export async function noteRunning(stateDir: string, running: Running): Promise<void> {
  await writeFile(runningPath(stateDir), `${JSON.stringify(running)}\n`, { mode: 0o600 })
}

export async function forgetRunning(stateDir: string): Promise<void> {
  await rm(runningPath(stateDir), { force: true })
}
