import { toValue, type JsonValue, type Problem } from '@junctor/config'
import { secretField, type Entry, type Source } from './entry.ts'
import { createProblems } from './problems.ts'
import { readEntries } from './read-entries.ts'

export interface CanonicalProfiles {
  /** The text of a file in our shape, secrets and references as they were. */
  readonly text: string
  /** What it holds, without secrets. */
  readonly profiles: readonly Pick<Entry, 'id' | 'provider' | 'type'>[]
  /** Entries with an error are not in the text. */
  readonly problems: readonly Problem[]
}

/** Rewrites a file of either shape into `{ version: 1, profiles, order }`. What another system noted about its calls is left out. */
export function canonicalProfiles(
  text: string,
  { file }: { readonly file?: string } = {},
): CanonicalProfiles {
  const problems = createProblems(text, file)
  const { entries, order } = readEntries(text, problems)
  const content = {
    version: 1,
    profiles: Object.fromEntries(entries.map((entry) => [entry.id, toJson(entry)])),
    ...(order.size === 0 ? {} : { order: Object.fromEntries(order) }),
  }
  return {
    text: `${JSON.stringify(content, undefined, 2)}\n`,
    profiles: entries.map(({ id, provider, type }) => ({ id, provider, type })),
    problems: problems.list(),
  }
}

function toJson({ type, provider, source, expiresAt, email, others }: Entry): JsonValue {
  return {
    type,
    provider,
    [secretField[type]]: written(source),
    ...(expiresAt === undefined ? {} : { expires: expiresAt }),
    ...(email === undefined ? {} : { email }),
    ...Object.fromEntries(others.map(({ key, value }) => [key, toValue(value)])),
  }
}

function written(source: Source): JsonValue {
  if (source.kind === 'literal') return source.text
  return source.kind === 'environment' ? `\${${source.name}}` : { $file: source.path }
}
