import { readFile } from 'node:fs/promises'
import { withFileLock, writeFileAtomically } from '@junctor/config/file'
import type { Profile } from './profile.ts'

/** Why a provider would not take a call with one profile. */
export type Refusal =
  /** Too many calls for now (429, 529). */
  | 'busy'
  /** The account has no credit left. */
  | 'credit'
  /** The key is wrong, revoked or not allowed (401, 403). */
  | 'key'

/** What calls with a profile have come to. It holds for one key: another one under the same id begins anew. */
export interface ProfileRecord {
  readonly fingerprint: string
  readonly refusal: Refusal
  /** Refusals in a row, those of one moment counted once. */
  readonly count: number
  readonly at: number
  /** Milliseconds since 1970. Absent: until somebody mends it. */
  readonly until?: number
  /** One sentence of the provider, without secrets. */
  readonly reason: string
}

export interface ProfileStates {
  readonly records: ReadonlyMap<string, ProfileRecord>
  /** Provider → the profile that answered when it had to be another one than before. */
  readonly lastGood: ReadonlyMap<string, string>
}

export interface Refused {
  readonly refusal: Refusal
  readonly reason: string
  /** When the call began: refusals of calls that ran beside one that is noted already count no further. */
  readonly startedAt: number
  readonly retryAfterMs?: number | undefined
}

/** `auth-state.json`: beside the credentials and never in them, so that a copied file begins with a clean record. */
export interface ProfileState {
  readonly path: string
  /** Never rejects: a state that cannot be read is none. */
  read(): Promise<ProfileStates>
  refused(profile: Profile, refused: Refused): Promise<ProfileRecord>
  /** It answered: what was noted against it is forgotten. */
  answered(profile: Profile): Promise<void>
  /** Whatever was noted is forgotten. */
  forget(profileId: string): Promise<void>
}

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

export function createProfileState(path: string, now: () => number = Date.now): ProfileState {
  const read = async (): Promise<ProfileStates> => {
    try {
      return parseStates(JSON.parse(await readFile(path, 'utf8')))
    } catch {
      return { records: new Map(), lastGood: new Map() }
    }
  }
  /** One process after the other, each on what the last one left. */
  const change = (edit: (states: Writable) => void): Promise<void> =>
    withFileLock(path, async () => {
      const { records, lastGood } = await read()
      const states = { records: new Map(records), lastGood: new Map(lastGood) }
      edit(states)
      await writeFileAtomically(path, textOf(states), { backup: false })
    })

  return {
    path,
    read,
    async refused(profile, refused) {
      let record = nextRecord(undefined, profile, refused, now())
      await change(({ records }) => {
        record = nextRecord(records.get(profile.id), profile, refused, now())
        records.set(profile.id, record)
      })
      return record
    },
    answered: ({ id, provider }) =>
      change(({ records, lastGood }) => {
        records.delete(id)
        lastGood.set(provider, id)
      }),
    forget: (id) => change(({ records }) => void records.delete(id)),
  }
}

interface Writable {
  readonly records: Map<string, ProfileRecord>
  readonly lastGood: Map<string, string>
}

function nextRecord(
  before: ProfileRecord | undefined,
  { secret: { fingerprint } }: Profile,
  { refusal, reason, startedAt, retryAfterMs = 0 }: Refused,
  at: number,
): ProfileRecord {
  const isSame =
    before?.fingerprint === fingerprint &&
    before.refusal === refusal &&
    at - before.at < 24 * HOUR_MS
  if (isSame && before.at >= startedAt) return before
  const count = isSame ? before.count + 1 : 1
  const common = { fingerprint, refusal, count, at, reason }
  if (refusal === 'key') return common
  const rest =
    refusal === 'busy'
      ? Math.min(MINUTE_MS * 5 ** (count - 1), HOUR_MS)
      : Math.min(5 * HOUR_MS * 2 ** (count - 1), 24 * HOUR_MS)
  return { ...common, until: at + Math.max(rest, Math.min(retryAfterMs, 24 * HOUR_MS)) }
}

function textOf({ records, lastGood }: Writable): string {
  const content = {
    version: 1,
    profiles: Object.fromEntries(records),
    lastGood: Object.fromEntries(lastGood),
  }
  return `${JSON.stringify(content, undefined, 2)}\n`
}

function parseStates(json: unknown): ProfileStates {
  const records = new Map<string, ProfileRecord>()
  for (const [id, value] of entriesOf(json, 'profiles')) {
    const record = parseRecord(value)
    if (record !== undefined) records.set(id, record)
  }
  const lastGood = entriesOf(json, 'lastGood').flatMap(([provider, id]) =>
    typeof id === 'string' ? [[provider, id] as const] : [],
  )
  return { records, lastGood: new Map(lastGood) }
}

function parseRecord(value: unknown): ProfileRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { fingerprint, refusal, count, at, until, reason } = value as Record<string, unknown>
  if (refusal !== 'busy' && refusal !== 'credit' && refusal !== 'key') return undefined
  if (typeof fingerprint !== 'string' || typeof count !== 'number' || typeof at !== 'number')
    return undefined
  return {
    fingerprint,
    refusal,
    count,
    at,
    reason: typeof reason === 'string' ? reason : '',
    ...(typeof until === 'number' ? { until } : {}),
  }
}

function entriesOf(json: unknown, key: string): readonly (readonly [string, unknown])[] {
  if (typeof json !== 'object' || json === null) return []
  const value = (json as Record<string, unknown>)[key]
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
