import type { Problem } from '@junctor/config'
import type { Entry } from './entry.ts'
import { createProblems, type Problems } from './problems.ts'
import type { Profile, SetAside } from './profile.ts'
import { readEntries, type Shape } from './read-entries.ts'
import { createSecret, faultOfSecret } from './secret.ts'

export interface ParseOptions {
  /** For messages. */
  readonly file?: string
  /** What `"${NAME}"` is looked up in. Default: nothing, and such a profile is set aside. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** The content of what `{ "$file": … }` names. Throws when it cannot be read. Default: such a profile is set aside. */
  readonly readSecretFile?: (path: string) => string
}

export interface ParsedProfiles {
  readonly shape: Shape
  /** In the order of the file. */
  readonly profiles: readonly Profile[]
  /** Entries that cannot be used. */
  readonly setAside: readonly SetAside[]
  /** Provider → ids of its profiles, the first one preferred, where the file says so. */
  readonly order: ReadonlyMap<string, readonly string[]>
  /** An error for each entry that was set aside or for the file as a whole; warnings for what is not understood. */
  readonly problems: readonly Problem[]
}

/**
 * Reads `auth-profiles.json`: `{ version, profiles: { "anthropic:default": { type, provider, key } } }`, and the older shape
 * with entries straight by provider. Never throws; no problem holds a secret.
 */
export function parseProfiles(text: string, options: ParseOptions = {}): ParsedProfiles {
  const problems = createProblems(text, options.file)
  const { shape, entries, order } = readEntries(text, problems)
  const profiles = entries.flatMap((entry) => resolve(entry, options, problems) ?? [])
  return { shape, profiles, setAside: problems.asides(), order, problems: problems.list() }
}

function resolve(entry: Entry, options: ParseOptions, problems: Problems): Profile | undefined {
  const { id, provider, type, expiresAt, email, sourcePath, node } = entry
  const place = { id, provider, type, path: sourcePath, node }
  const text = look(entry, options)
  if (typeof text !== 'string') return problems.setAside(place, 'MISSING_SECRET', text.problem)
  const fault = faultOfSecret(text)
  if (fault !== undefined) return problems.setAside(place, 'MISSING_SECRET', fault)
  return {
    id,
    provider,
    type,
    secret: createSecret(text.trim()),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(email === undefined ? {} : { email }),
  }
}

function look(
  { source }: Entry,
  { env = {}, readSecretFile }: ParseOptions,
): string | { readonly problem: string } {
  if (source.kind === 'literal') return source.text
  if (source.kind === 'environment') {
    const value = Object.hasOwn(env, source.name) ? env[source.name] : undefined
    return (
      value ?? { problem: `the environment variable ${JSON.stringify(source.name)} is not set` }
    )
  }
  if (readSecretFile === undefined)
    return { problem: `the secret file ${JSON.stringify(source.path)} cannot be read here` }
  try {
    return readSecretFile(source.path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { problem: `the secret file ${JSON.stringify(source.path)} cannot be read: ${reason}` }
  }
}
