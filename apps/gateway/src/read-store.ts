import type { Store } from '@junctor/store'
import { configPaths } from '@junctor/config/file'
import { openSqliteStore } from '@junctor/store-sqlite'
import type { CliContext } from './context.ts'

/** Runs with the store open for reading, beside a gateway or without one. */
export function withReadOnlyStore<Result>(
  context: CliContext,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  return withStore(context, 'read-only', use)
}

/** Runs with the store open for writing. Throws `LOCKED` while a gateway has it. */
export function withOwnStore<Result>(
  context: CliContext,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  return withStore(context, 'exclusive', use)
}

async function withStore<Result>(
  context: CliContext,
  mode: 'read-only' | 'exclusive',
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const { stateDir } = configPaths(context)
  const store = openSqliteStore({ stateDir, mode })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}
