import { join } from 'node:path'
import { openSqliteStore } from '@junctor/store-sqlite'
import { storeSuite } from '@junctor/testkit/store-suite'
import { describe, it } from 'vitest'
import { makeStateDir } from './state-dir.ts'

for (const durability of ['process', 'power-loss'] as const)
  storeSuite({
    describe,
    it,
    name: `SQLite, durability "${durability}"`,
    async open({ now }) {
      const { path, remove } = makeStateDir()
      const options = { stateDir: join(path, 'state'), durability, now }
      let store = openSqliteStore(options)
      return {
        store,
        async reopen() {
          await store.close()
          store = openSqliteStore(options)
          return store
        },
        dispose: remove,
      }
    },
  })
