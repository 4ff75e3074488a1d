import { StoreError } from '@junctor/store'
import type { Database } from '../database.ts'

/** "JNCT", so that a foreign database is told from one of ours. */
const APPLICATION_ID = 0x4a4e4354

/** Brings a database to the newest version of `schema`, whose entry n leads from version n to n + 1. */
export function migrate(database: Database, schema: readonly string[]): void {
  const version = versionOf(database, schema)
  if (version === schema.length) return
  database.transaction(() => {
    for (const step of schema.slice(version)) database.execute(step)
    database.execute(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.execute(`PRAGMA user_version = ${schema.length}`)
  })
}

/** 0 for an empty file. Throws `CORRUPT` for a foreign database and for one of a newer Junctor. */
export function versionOf(database: Database, schema: readonly string[]): number {
  const { file } = database
  const version = database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0
  const owner = database.get<{ application_id: number }>('PRAGMA application_id')?.application_id
  if (version > schema.length && owner === APPLICATION_ID)
    throw new StoreError(
      'CORRUPT',
      `${file} has version ${version}, this Junctor knows versions up to ${schema.length}. Run the newer Junctor that wrote it, or restore a backup from before the upgrade.`,
      { details: { file, version } },
    )
  const isEmpty = version === 0 && database.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined
  if (owner !== APPLICATION_ID && !isEmpty)
    throw new StoreError(
      'CORRUPT',
      `${file} belongs to another program. Move it away or choose another state directory.`,
      { details: { file } },
    )
  return version
}
