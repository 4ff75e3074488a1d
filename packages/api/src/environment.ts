import type { Identity } from './auth.ts'

/** What the routes know about a request beside the request itself. */
export interface ApiEnvironment {
  readonly Variables: { readonly identity: Identity }
}
