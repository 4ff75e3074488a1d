import type { Secret } from './secret.ts'

/** How somebody came by the secret. To a provider's client they are one: it goes out as a bearer token. */
export type ProfileType = 'api_key' | 'token' | 'oauth'

/** One credential of one agent. */
export interface Profile {
  /** Such as `anthropic:work`; unique in its file, and what people and logs call it. */
  readonly id: string
  /** As the file spells it: the name that models begin with. */
  readonly provider: string
  readonly type: ProfileType
  readonly secret: Secret
  /** Milliseconds since 1970. A token that is over is not used; nothing here renews one. */
  readonly expiresAt?: number
  readonly email?: string
}

/** An entry that cannot be used, and why. */
export interface SetAside {
  readonly id: string
  readonly provider?: string
  readonly type?: ProfileType
  /** One clause for a person; never holds a secret. */
  readonly reason: string
}
