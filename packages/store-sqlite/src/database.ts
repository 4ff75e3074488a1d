import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { toStoreError } from './errors.ts'

/** One open database. Statements are compiled on first use and kept. Row types name columns of STRICT tables. */
export interface Database {
  readonly file: string
  get<Row>(sql: string, ...values: readonly SQLInputValue[]): Row | undefined
  all<Row>(sql: string, ...values: readonly SQLInputValue[]): readonly Row[]
  /** Answers how many rows changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number
  /** Answers the new row's number. */
  insert(sql: string, ...values: readonly SQLInputValue[]): number
  /** All of `work` or nothing of it. Not to be nested. */
  transaction<Result>(work: () => Result): Result
  execute(sql: string): void
  close(): void
}

export interface DatabaseOptions {
  readonly file: string
  /** Where it is opened, if not by `file`: a URL with SQLite's own parameters. */
  readonly location?: string | URL
  readonly readOnly: boolean
  readonly syncsEveryWrite: boolean
  /** Before any statement runs. */
  readonly configure?: (connection: DatabaseSync) => void
}

const BUSY_TIMEOUT_MS = 2_000
/** Every write copies whole pages into the log: for rows of a few hundred bytes, small pages are a third faster. */
const PAGE_BYTES = 1024
/** The log is folded into the database after 16 MiB, which keeps rewritten pages from being copied again and again. */
const CHECKPOINT_PAGES = (16 * 1024 * 1024) / PAGE_BYTES
const KEPT_LOG_BYTES = 4 * 1024 * 1024

export function openDatabase(options: DatabaseOptions): Database {
  const { file } = options
  let connection: DatabaseSync
  try {
    connection = connect(options)
  } catch (error) {
    throw toStoreError(error, file)
  }
  const statements = new Map<string, StatementSync>()

  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const fresh = connection.prepare(sql)
    statements.set(sql, fresh)
    return fresh
  }

  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work()
    } catch (error) {
      throw toStoreError(error, file)
    }
  }

  return {
    file,
    get: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      guarded(() => statement(sql).get(...values) as Row | undefined),
    all: <Row>(sql: string, ...values: readonly SQLInputValue[]) =>
      guarded(() => statement(sql).all(...values) as unknown as readonly Row[]),
    run: (sql, ...values) => guarded(() => Number(statement(sql).run(...values).changes)),
    insert: (sql, ...values) =>
      guarded(() => Number(statement(sql).run(...values).lastInsertRowid)),
    transaction: (work) =>
      guarded(() => {
        statement('BEGIN IMMEDIATE').run()
        try {
          const result = work()
          statement('COMMIT').run()
          return result
        } catch (error) {
          // SQLite ends the transaction by itself when the disk is full.
          if (connection.isTransaction) connection.exec('ROLLBACK')
          throw error
        }
      }),
    execute: (sql) => guarded(() => connection.exec(sql)),
    close: () => guarded(() => connection.close()),
  }
}

function connect({
  file,
  location = file,
  readOnly,
  syncsEveryWrite,
  configure,
}: DatabaseOptions): DatabaseSync {
  const connection = new DatabaseSync(location, { readOnly, timeout: BUSY_TIMEOUT_MS })
  try {
    configure?.(connection)
    connection.exec('PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000')
    if (!readOnly)
      connection.exec(`
        PRAGMA page_size = ${PAGE_BYTES};
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = ${syncsEveryWrite ? 'FULL' : 'NORMAL'};
        PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
        PRAGMA journal_size_limit = ${KEPT_LOG_BYTES};
        PRAGMA secure_delete = ON`)
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}
