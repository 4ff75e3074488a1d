import type { Database } from './database.ts'

/** What the operations on one agent's database need. */
export interface Context {
  readonly database: Database
  readonly now: () => number
  readonly newSessionId: () => string
}
