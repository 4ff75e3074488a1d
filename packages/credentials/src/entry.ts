import type { Member, Node } from '@junctor/config'
import type { ProfileType } from './profile.ts'

/** Where a secret stands. */
export type Source =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }

/** An entry of the file, understood but not yet resolved. */
export interface Entry {
  readonly id: string
  readonly provider: string
  readonly type: ProfileType
  readonly source: Source
  readonly sourcePath: readonly string[]
  readonly expiresAt: number | undefined
  readonly email: string | undefined
  /** Every other field, as the file has it. */
  readonly others: readonly Member[]
  readonly node: Node
}

/** The field that holds the secret of each type, in our spelling. */
export const secretField: Readonly<Record<ProfileType, string>> = {
  api_key: 'key',
  token: 'token',
  oauth: 'access',
}
