import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '@junctor/store'
import { toStoreError } from './errors.ts'
import { makePrivateFile } from './paths.ts'

/** Held by the operating system for this process: it ends with the process, however that ends. */
export interface Lock {
  release(): void
}

const WAIT_MS = 250

/**
 * An open write transaction on a database of its own. Readers still see the last committed row: the holder's process id.
 * Throws `LOCKED` while somebody else has it.
 */
export function acquireLock(stateDir: string): Lock {
  const file = join(stateDir, 'gateway.lock')
  makePrivateFile(file)
  let connection: DatabaseSync | undefined
  try {
    connection = new DatabaseSync(file, { timeout: WAIT_MS })
    connection.exec('BEGIN IMMEDIATE')
    connection.exec(`
      CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT;
      DELETE FROM holder;
      INSERT INTO holder VALUES (${process.pid});
      COMMIT;
      BEGIN IMMEDIATE`)
  } catch (error) {
    const holder = connection === undefined ? undefined : holderOf(connection)
    connection?.close()
    throw isBusy(error) ? locked(stateDir, holder) : toStoreError(error, file)
  }
  const held = connection
  return { release: () => held.close() }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === 5
  )
}

function holderOf(connection: DatabaseSync): number | undefined {
  try {
    const pid = connection.prepare('SELECT pid FROM holder').get()?.['pid']
    return typeof pid === 'number' ? pid : undefined
  } catch {
    // The holder is writing its id at this moment.
    return undefined
  }
}

function locked(stateDir: string, pid: number | undefined): StoreError {
  const holder = pid === undefined ? 'Another process' : `Process ${pid}`
  return new StoreError(
    'LOCKED',
    `${holder} runs a gateway on ${stateDir}, or changes its state. Stop it, or give this one another state directory.`,
    { details: { stateDir, ...(pid === undefined ? {} : { pid }) } },
  )
}
