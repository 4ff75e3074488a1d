import { randomUUID } from 'node:crypto'
import type { Store } from '@junctor/store'
import { createStore } from './store.ts'

export interface SqliteStoreOptions {
  /** Directory of the installation. Made if it is missing, except in `read-only` mode. */
  readonly stateDir: string
  /**
   * What survives without further help: `process` (default) loses nothing when the process is killed; `power-loss` also
   * syncs every write to the disk, at the price of one sync for each.
   */
  readonly durability?: 'process' | 'power-loss'
  /**
   * `exclusive` (default): one process at a time, refused with `LOCKED` while another one runs.
   * `read-only`: beside a running gateway; makes no directories or databases and rejects writes with `READ_ONLY`.
   */
  readonly mode?: 'exclusive' | 'read-only'
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly newSessionId?: () => string
}

/** Opens the store of a state directory. Throws `StoreError`: `LOCKED`, `READ_ONLY`, `FULL` or `IO`. */
export function openSqliteStore({
  stateDir,
  durability = 'process',
  mode = 'exclusive',
  now = Date.now,
  newSessionId = () => `session_${randomUUID()}`,
}: SqliteStoreOptions): Store {
  return createStore({ stateDir, durability, mode, now, newSessionId })
}
