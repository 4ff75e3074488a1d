import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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
    await mkdir(stateDir, { recursive: true, mode: 0o700 })
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
