import { mkdir, open, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ConfigError } from '../errors.ts'

const LOOK_EVERY_MS = 20
/** An edit takes milliseconds: who holds a lock longer has died. */
const LONGEST_MS = 10_000

/** Runs while no other process that asks for the same lock does. */
export async function withFileLock<Result>(
  path: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const lock = `${path}.lock`
  await mkdir(dirname(path), { recursive: true })
  const until = Date.now() + 2 * LONGEST_MS
  while (!(await take(lock))) {
    if (Date.now() > until)
      throw new ConfigError(
        'WRITE_FAILED',
        `${path} is being edited by another process; if none runs, remove ${lock}`,
      )
    await sleep(LOOK_EVERY_MS)
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await (await open(lock, 'wx', 0o600)).close()
    return true
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw new ConfigError('WRITE_FAILED', `${lock} cannot be made: ${String(error)}`, {
        cause: error,
      })
    const made = await stat(lock).catch(() => undefined)
    if (made !== undefined && Date.now() - made.mtimeMs > LONGEST_MS)
      await rm(lock, { force: true })
    return false
  }
}
