import { existsSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { hasCode } from '@junctor/errors'
import { StoreError } from '@junctor/store'
import type { Context } from './context.ts'
import { openDatabase, type Database } from './database.ts'
import { makePrivateFile } from './paths.ts'
import { migrate, versionOf } from './schema/migrate.ts'

export interface StoreSettings {
  readonly stateDir: string
  readonly durability: 'process' | 'power-loss'
  readonly mode: 'exclusive' | 'read-only'
  readonly now: () => number
  readonly newSessionId: () => string
  /** For tests: sees every connection before its first statement. */
  readonly configure?: (connection: DatabaseSync) => void
}

/** How an operation reaches its database. Each one throws `CLOSED` once the store is closed. */
export interface Access {
  /** For reads. Where nothing was ever stored it is an empty database in memory. */
  reading(): Context
  /** For changes of rows that exist. Throws `READ_ONLY` in that mode. */
  writing(): Context
  /** For new rows: makes file and directories. Throws `READ_ONLY` in that mode. */
  creating(): Context
}

export interface Handle extends Access {
  /** The open database, or undefined if there is no file. */
  existing(): Database | undefined
  /** Closes the file; the next use opens it again. */
  reset(): void
  close(): void
}

/** A database in memory in which nothing is. */
export interface EmptyDatabase {
  open(): Database
  close(): void
}

export function createEmptyDatabase(schema: readonly string[]): EmptyDatabase {
  let opened: Database | undefined
  return {
    open() {
      if (opened === undefined) {
        const database = openDatabase({ file: ':memory:', readOnly: false, syncsEveryWrite: false })
        migrate(database, schema)
        opened = database
      }
      return opened
    },
    close: () => opened?.close(),
  }
}

export interface HandleOptions {
  readonly file: string
  readonly schema: readonly string[]
  readonly settings: StoreSettings
  /** What is read where nothing was ever stored. Many agents share one. */
  readonly empty: EmptyDatabase
  /** Ends what dead processes left, at the first open of an exclusive store. */
  readonly recover: (database: Database) => void
}

/** A database that is opened on first use. */
export function createHandle({ file, schema, settings, empty, recover }: HandleOptions): Handle {
  const { mode, now, newSessionId } = settings
  let opened: Context | undefined
  let isClosed = false

  const toContext = (database: Database): Context => ({ database, now, newSessionId })

  const openExisting = (): Context | undefined => {
    if (isClosed)
      throw new StoreError('CLOSED', `The store with ${file} was closed. Open it again to use it.`)
    if (opened !== undefined) return opened
    if (!existsSync(file)) return undefined
    const database = mode === 'exclusive' ? openOwned() : openForReading(file, schema)
    if (database !== undefined) opened = toContext(database)
    return opened
  }

  const openOwned = (): Database => {
    const database = openDatabase({
      file,
      readOnly: false,
      syncsEveryWrite: settings.durability === 'power-loss',
      ...(settings.configure === undefined ? {} : { configure: settings.configure }),
    })
    try {
      migrate(database, schema)
      recover(database)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  }

  const refuseIfReadOnly = (): void => {
    if (mode === 'read-only') throw openedReadOnly(file)
  }

  const handle: Handle = {
    existing: () => openExisting()?.database,
    reading: () => openExisting() ?? toContext(empty.open()),
    writing() {
      const context = handle.reading()
      refuseIfReadOnly()
      return context
    },
    creating() {
      const context = openExisting()
      refuseIfReadOnly()
      if (context !== undefined) return context
      makePrivateFile(file)
      return handle.reading()
    },
    reset() {
      const database = opened?.database
      opened = undefined
      if (database === undefined) return
      try {
        if (mode === 'exclusive') database.execute('PRAGMA wal_checkpoint(TRUNCATE)')
      } finally {
        database.close()
      }
    },
    close() {
      if (isClosed) return
      isClosed = true
      handle.reset()
    },
  }
  return handle
}

export function openedReadOnly(path: string): StoreError {
  return new StoreError(
    'READ_ONLY',
    `The store with ${path} was opened with mode "read-only". Open it with mode "exclusive" to write.`,
  )
}

function writtenBefore(file: string, version: number, current: number): StoreError {
  return new StoreError(
    'READ_ONLY',
    `${file} has version ${version} of an older Junctor, and a store of mode "read-only" cannot bring it to version ${current}. Start the gateway once.`,
    { details: { file, version } },
  )
}

/** Undefined for a file whose first transaction has not ended yet. */
function openForReading(file: string, schema: readonly string[]): Database | undefined {
  const open = (location: string | URL): Database | undefined => {
    const database = openDatabase({ file, location, readOnly: true, syncsEveryWrite: false })
    try {
      const version = versionOf(database, schema)
      if (version > 0 && version < schema.length) throw writtenBefore(file, version, schema.length)
      if (version > 0) return database
      database.close()
      return undefined
    } catch (error) {
      database.close()
      throw error
    }
  }
  try {
    return open(file)
  } catch (error) {
    // A log's index cannot be made in a directory that this user may not write; without a log none is needed.
    if (!hasCode(error, 'READ_ONLY') || existsSync(`${file}-wal`)) throw error
    return open(immutable(file))
  }
}

function immutable(file: string): URL {
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return url
}
