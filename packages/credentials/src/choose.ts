import type { ProfileTerms } from '@junctor/config'
import type { LoadedProfiles } from './profile-file.ts'
import type { ProfileRecord, ProfileStates } from './profile-state.ts'
import type { Profile } from './profile.ts'

export type Condition =
  | { readonly state: 'ok' }
  /** It will be used again by itself. */
  | { readonly state: 'resting'; readonly until: number; readonly record: ProfileRecord }
  /** Somebody has to mend it, or its order, first. */
  | { readonly state: 'disabled'; readonly reason: string; readonly record?: ProfileRecord }

export interface Judged {
  readonly profile: Profile
  readonly condition: Condition
}

export interface Rules {
  /** Of one provider; undefined: the profiles take turns. */
  readonly order: readonly string[] | undefined
  /** By profile id. */
  readonly terms: Readonly<Record<string, ProfileTerms>>
}

/** Every profile for a provider, those that `order` names in that order, each with what stands against it. */
export function judgeProfiles(
  provider: string,
  { profiles, order }: Pick<LoadedProfiles, 'profiles' | 'order'>,
  { records }: ProfileStates,
  rules: Rules,
  now: number,
): readonly Judged[] {
  const wanted = rules.order ?? order.get(provider)
  const judged = profiles
    .filter((profile) => profile.provider === provider)
    .map((profile) => ({ profile, condition: judge(profile, wanted, records, rules, now) }))
  if (wanted === undefined) return judged
  const rank = ({ profile }: Judged): number => {
    const index = wanted.indexOf(profile.id)
    return index === -1 ? wanted.length : index
  }
  return judged.toSorted((a, b) => rank(a) - rank(b))
}

function judge(
  profile: Profile,
  wanted: readonly string[] | undefined,
  records: ProfileStates['records'],
  { terms }: Rules,
  now: number,
): Condition {
  const disabled = (reason: string): Condition => ({ state: 'disabled', reason })
  const { id, type, provider, expiresAt } = profile
  const own = Object.hasOwn(terms, id) ? terms[id] : undefined
  if (wanted !== undefined && !wanted.includes(id))
    return disabled(`the order of ${provider} does not name it`)
  if (own !== undefined && own.provider !== provider)
    return disabled(`auth.profiles says it is for ${own.provider}`)
  // Who signed in elsewhere has a token here.
  if (own?.mode !== undefined && own.mode !== type && !(own.mode === 'oauth' && type === 'token'))
    return disabled(`auth.profiles says its type is ${own.mode}`)
  if (expiresAt !== undefined && expiresAt <= now)
    return disabled(`its token was good until ${new Date(expiresAt).toISOString()}`)
  const record = records.get(id)
  if (record === undefined || record.fingerprint !== profile.secret.fingerprint)
    return { state: 'ok' }
  const { until, reason } = record
  if (until === undefined) return { state: 'disabled', reason, record }
  return until <= now ? { state: 'ok' } : { state: 'resting', until, record }
}
