import { join } from 'node:path'
import { judgeProfiles, type Judged, type Rules } from './choose.ts'
import { createProfileFile, type LoadedProfiles, type ProfileFileOptions } from './profile-file.ts'
import { createProfileState, type ProfileState } from './profile-state.ts'
import type { Profile } from './profile.ts'

export interface ProfilePoolOptions extends Omit<ProfileFileOptions, 'path'> {
  /** Where `auth-profiles.json` and `auth-state.json` are. */
  readonly folder: string
  readonly now?: () => number
}

/** The credentials of one agent, or of the installation, and what calls with them have come to. */
export interface ProfilePool {
  readonly path: string
  readonly state: ProfileState
  read(): Promise<LoadedProfiles>
  /** Those for a provider, in the order of the file or of the rules. */
  judge(provider: string, rules: Rules): Promise<readonly Judged[]>
  /** Those that may be asked now, the best first. Without an order a session keeps its profile and new ones take turns. */
  ready(judged: readonly Judged[], rules: Rules, sessionKey: string): Promise<readonly Profile[]>
  /** The session is answered with this profile from now on. */
  keep(sessionKey: string, profile: Profile): void
}

const MOST_SESSIONS = 10_000

/** A file of the state folder is told apart from its state by name, so that copying it copies no state. */
export function createProfilePool({
  folder,
  now = Date.now,
  ...options
}: ProfilePoolOptions): ProfilePool {
  const file = createProfileFile({ ...options, path: join(folder, 'auth-profiles.json') })
  const state = createProfileState(join(folder, 'auth-state.json'), now)
  /** Session and provider → profile. The caches of providers know a conversation by its key. */
  const kept = new Map<string, string>()
  /** Profile → how many sessions had been given one when it was given last. */
  const turns = new Map<string, number>()
  let given = 0

  return {
    path: file.path,
    state,
    read: () => file.read(),
    async judge(provider, rules) {
      return judgeProfiles(provider, await file.read(), await state.read(), rules, now())
    },
    async ready(judged, rules, sessionKey) {
      const usable = judged.flatMap(({ profile, condition }) =>
        condition.state === 'ok' ? [profile] : [],
      )
      const [first] = usable
      if (first === undefined || usable.length === 1) return usable
      const { provider } = first
      if (rules.order !== undefined || (await file.read()).order.has(provider)) return usable
      const own = kept.get(keyOf(sessionKey, provider))
      const lastGood = (await state.read()).lastGood.get(provider)
      const rank = ({ id, type }: Profile): readonly number[] => [
        id === own ? 0 : 1,
        type === 'api_key' ? 1 : 0,
        turns.get(id) ?? 0,
        id === lastGood ? 0 : 1,
      ]
      return usable.toSorted((a, b) => compare(rank(a), rank(b)))
    },
    keep(sessionKey, { id, provider }) {
      const key = keyOf(sessionKey, provider)
      const isNew = kept.get(key) !== id
      kept.delete(key)
      kept.set(key, id)
      if (isNew) turns.set(id, (given += 1))
      const [oldest] = kept.keys()
      if (kept.size > MOST_SESSIONS && oldest !== undefined) kept.delete(oldest)
    },
  }
}

function keyOf(sessionKey: string, provider: string): string {
  return JSON.stringify([provider, sessionKey])
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, at) => value !== b[at])
  return index === -1 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}
