import type { Store } from '@junctor/store'
import { configPaths } from '@junctor/config/file'
import { openSqliteStore } from '@junctor/store-sqlite'
import type { CliContext } from './context.ts'

/** Runs with the store open for reading, beside a gateway or without one. */
export async function withReadOnlyStore<Result>(
  { env, home }: CliContext,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const { stateDir } = configPaths({ env, home })
  const store = openSqliteStore({ stateDir, mode: 'read-only' })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
