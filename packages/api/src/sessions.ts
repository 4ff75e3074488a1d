import { sha256 } from './digest.ts'

/** Where browser sessions outlive a restart. A store's `Table` fits as it is. */
export interface SessionTable {
  get(key: string): Promise<{ readonly value: unknown } | undefined>
  put(key: string, value: string, options: { readonly ttlMs: number }): Promise<unknown>
  remove(key: string): Promise<unknown>
}

export interface Sessions {
  /** The new session's secret id. Only its digest is kept. */
  create(): Promise<string>
  isValid(id: string): Promise<boolean>
  remove(id: string): Promise<void>
}

export interface SessionsOptions {
  readonly table: SessionTable
  readonly ttlMs: number
  readonly now: () => number
  readonly randomToken: () => string
}

export function createSessions({ table, ttlMs, now, randomToken }: SessionsOptions): Sessions {
  return {
    async create() {
      const id = randomToken()
      await table.put(keyOf(id), String(now() + ttlMs), { ttlMs })
      return id
    },
    async isValid(id) {
      const entry = await table.get(keyOf(id))
      // The expiry is checked here too: a table may forget late, or not at all.
      return typeof entry?.value === 'string' && Number(entry.value) > now()
    },
    async remove(id) {
      await table.remove(keyOf(id))
    },
  }
}

/** Sessions that end with the process. */
export function createMemorySessionTable(): SessionTable {
  const entries = new Map<string, string>()
  return {
    get: async (key) => {
      const value = entries.get(key)
      return value === undefined ? undefined : { value }
    },
    put: async (key, value) => entries.set(key, value),
    remove: async (key) => entries.delete(key),
  }
}

function keyOf(id: string): string {
  return `web-session:${sha256(id).toString('base64url')}`
}
