import type { Config } from '@junctor/config'

/** Short values are words, not secrets: redacting them would garble the log. */
const SHORTEST = 8

/** Every credential that the config or the environment holds. */
export function secretsOf(
  config: Config,
  env: { readonly [name: string]: string | undefined },
): readonly string[] {
  const secrets = new Set<string>()
  const add = (value: unknown): void => addSecret(secrets, value)
  for (const [name, value] of Object.entries(env))
    if (/(_TOKEN|_API_KEY|_SECRET)$/.test(name)) add(value)
  for (const { apiKey } of Object.values(config.models.providers)) add(apiKey)
  for (const { skills } of config.agents.list)
    for (const { apiKey, env: own = {} } of Object.values(skills.entries))
      for (const value of [apiKey, ...Object.values(own)]) add(value)
  for (const accounts of Object.values(config.channels))
    for (const { settings } of Object.values(accounts)) addTokens(settings, add)
  for (const { mcp = {} } of [config.tools, ...config.agents.list.map(({ tools }) => tools)])
    for (const server of Object.values(mcp)) {
      if ('url' in server) Object.values(server.headers ?? {}).forEach(add)
      else addTokens(server.env, add)
    }
  return [...secrets]
}

/** Adds what is long enough to be one. */
export function addSecret(secrets: Set<string>, value: unknown): void {
  if (typeof value === 'string' && value.length >= SHORTEST) secrets.add(value)
}

function addTokens(value: unknown, add: (value: unknown) => void): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, entry] of Object.entries(value)) {
    if (/token|secret|key|password/i.test(name)) add(entry)
    addTokens(entry, add)
  }
}
