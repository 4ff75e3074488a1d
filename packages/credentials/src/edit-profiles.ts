import { lstat, mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseJson5, toValue, type JsonValue } from '@junctor/config'
import { withFileLock, writeFileAtomically } from '@junctor/config/file'
import { secretField } from './entry.ts'
import { CredentialsError } from './errors.ts'
import type { ProfileType } from './profile.ts'
import { faultOfSecret } from './secret.ts'

export interface NewProfile {
  /** Such as `anthropic:work`. */
  readonly id: string
  readonly provider: string
  readonly type: Exclude<ProfileType, 'oauth'>
  readonly secret: string
  /** Milliseconds since 1970. */
  readonly expiresAt?: number
  readonly email?: string
}

type Fields = { readonly [key: string]: JsonValue }

/**
 * Puts a profile into `auth-profiles.json`, in the place of one with the same id. Everything else in the file stays. The
 * file is for its owner alone, and whole at any time. Throws `CredentialsError` (`INVALID_SECRET`, `UNREADABLE`).
 */
export async function addProfile(path: string, profile: NewProfile): Promise<'added' | 'replaced'> {
  const { id, provider, type, secret, expiresAt, email } = profile
  const fault = faultOfSecret(secret)
  if (fault !== undefined) throw new CredentialsError('INVALID_SECRET', `The key ${fault}.`)
  return edit(path, (profiles) => {
    const entry = {
      type,
      provider,
      [secretField[type]]: secret.trim(),
      ...(expiresAt === undefined ? {} : { expires: expiresAt }),
      ...(email === undefined ? {} : { email }),
    }
    return {
      profiles: { ...profiles, [id]: entry },
      result: Object.hasOwn(profiles, id) ? 'replaced' : 'added',
    }
  })
}

/** Throws `CredentialsError` (`UNKNOWN_PROFILE`, `UNREADABLE`). */
export async function removeProfile(path: string, id: string): Promise<void> {
  await edit(path, (profiles) => {
    if (!Object.hasOwn(profiles, id)) {
      const known = Object.keys(profiles)
      throw new CredentialsError(
        'UNKNOWN_PROFILE',
        `There is no profile ${JSON.stringify(id)} in ${path} (it has ${known.length === 0 ? 'none' : known.join(', ')}).`,
      )
    }
    const { [id]: _, ...others } = profiles
    return { profiles: others, result: undefined }
  })
}

async function edit<Result>(
  path: string,
  change: (profiles: Fields) => { readonly profiles: Fields; readonly result: Result },
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return withFileLock(path, async () => {
    const content = await read(path)
    const { profiles, result } = change(content.profiles)
    const text = JSON.stringify({ ...content.others, version: 1, profiles }, undefined, 2)
    await writeFileAtomically(path, `${text}\n`, { backup: false, mode: 0o600 })
    return result
  })
}

/** The file as it is, the older shape as the newer one. */
async function read(path: string): Promise<{ readonly profiles: Fields; readonly others: Fields }> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return { profiles: {}, others: {} }
  const parsed = parseJson5(await readFile(path, 'utf8'))
  const value = parsed.ok && parsed.node !== undefined ? toValue(parsed.node) : undefined
  if (!isFields(value)) throw unreadable(path, 'it is no JSON object')
  const { profiles, ...others } = value
  if (profiles === undefined) return { profiles: byProfile(value), others: {} }
  if (!isFields(profiles)) throw unreadable(path, '"profiles" is no object')
  return { profiles, others }
}

function byProfile({ version: _, ...entries }: Fields): Fields {
  return Object.fromEntries(
    Object.entries(entries).map(([provider, entry]) => [
      `${provider}:default`,
      isFields(entry) ? { provider, ...entry } : { type: 'api_key', provider, key: entry },
    ]),
  )
}

function unreadable(path: string, reason: string): CredentialsError {
  return new CredentialsError(
    'UNREADABLE',
    `${path} cannot be changed: ${reason}. Mend it, or move it away.`,
  )
}

function isFields(value: JsonValue | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
