import type { JsonValue } from './inbox.ts'

export interface TableEntry {
  readonly value: JsonValue
  /** 1 for a new key, one more with every write. */
  readonly version: number
}

/** A small key/value table with versions and expiry: pairing codes, cursors, channel credentials. */
export interface Table {
  get(key: string): Promise<TableEntry | undefined>
  /** `version` writes only if the stored version is that one; 0 means "only if absent". Answers whether it wrote. */
  put(
    key: string,
    value: JsonValue,
    options?: { readonly version?: number; readonly ttlMs?: number },
  ): Promise<boolean>
  remove(key: string): Promise<boolean>
  /** Keys that begin with `prefix`, in code-unit order. */
  list(prefix?: string): Promise<readonly string[]>
}
