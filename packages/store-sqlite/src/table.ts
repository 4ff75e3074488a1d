import type { Table } from '@junctor/store'
import type { Context } from './context.ts'
import { fromStored, toStored } from './exact-text.ts'
import type { Access } from './handle.ts'
import { parseJson } from './rows.ts'

interface EntryRow {
  readonly value: string
  readonly version: number
}

export function openTable(access: Access, name: string): Table {
  const table = toStored(name)

  const read = ({ database, now }: Context, key: string): EntryRow | undefined =>
    database.get<EntryRow>(
      `SELECT value, version FROM entries
       WHERE name = ? AND key = ? AND (expires_at IS NULL OR expires_at > ?)`,
      table,
      toStored(key),
      now(),
    )

  return {
    async get(key) {
      const row = read(access.reading(), key)
      return row === undefined ? undefined : { value: parseJson(row.value), version: row.version }
    },

    async put(key, value, { version, ttlMs } = {}) {
      const context = access.creating()
      const { database, now } = context
      return database.transaction(() => {
        const at = now()
        database.run('DELETE FROM entries WHERE expires_at <= ?', at)
        const stored = read(context, key)?.version ?? 0
        if (version !== undefined && version !== stored) return false
        database.run(
          `INSERT INTO entries (name, key, value, version, expires_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version,
             expires_at = excluded.expires_at`,
          table,
          toStored(key),
          JSON.stringify(value),
          stored + 1,
          ttlMs === undefined ? null : at + ttlMs,
        )
        return true
      })
    },

    async remove(key) {
      const context = access.writing()
      const isLive = read(context, key) !== undefined
      context.database.run('DELETE FROM entries WHERE name = ? AND key = ?', table, toStored(key))
      return isLive
    },

    async list(prefix = '') {
      const { database, now } = access.reading()
      return database
        .all<{ key: string }>(
          'SELECT key FROM entries WHERE name = ? AND (expires_at IS NULL OR expires_at > ?)',
          table,
          now(),
        )
        .map((row) => fromStored(row.key))
        .filter((key) => key.startsWith(prefix))
        .sort()
    },
  }
}
