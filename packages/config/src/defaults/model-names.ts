import type { ModelsConfig } from '../config.ts'

/** Whose a model is, by how the makers name theirs. */
const makers: readonly (readonly [RegExp, string])[] = [
  [/^claude/i, 'anthropic'],
  [/^(?:gpt|chatgpt|codex|o[134](?:-|$))/i, 'openai'],
  [/^gemini/i, 'google'],
]

/** What agents use that name no model: a provider that has a key, else the demo model, which needs none. */
export function defaultModel({ providers }: ModelsConfig): string {
  if (providers['anthropic']?.apiKey !== undefined) return 'anthropic/claude-sonnet-5-5'
  if (providers['openai']?.apiKey !== undefined) return 'openai/gpt-5.5'
  return 'demo/junctor'
}

/** `provider/model` for a name as written: an alias, a full id, or a bare id whose provider can be told. */
export function resolveModel(name: string, models: ModelsConfig): string {
  const full = models.aliases[name] ?? name
  const provider = providerOf(full, models)
  return provider === undefined || full.includes('/') ? full : `${provider}/${full}`
}

/** The provider of a model: named, known by the maker's spelling, or the only one that is configured. */
export function providerOf(name: string, { providers }: ModelsConfig): string | undefined {
  const slash = name.indexOf('/')
  if (slash > 0) return name.slice(0, slash)
  const maker = makers.find(([pattern]) => pattern.test(name))?.[1]
  const configured = Object.keys(providers)
  return maker ?? (configured.length === 1 ? configured[0] : undefined)
}
