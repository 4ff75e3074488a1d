import type { AgentSkillsConfig, SkillSettings } from '../config.ts'
import { toRecord } from '../record.ts'
import type { AgentSkillsInput } from '../schema/skills.ts'

type Entries = Readonly<Record<string, SkillSettings>>

/** An agent's own word replaces that of `agents.defaults`; settings of a skill merge, those of the section `skills` last. */
export function mergeSkills(
  section: Entries,
  base: AgentSkillsInput = {},
  own: AgentSkillsInput = {},
): AgentSkillsConfig {
  const merged = new Map<string, SkillSettings>()
  for (const entries of [section, base.entries ?? {}, own.entries ?? {}])
    for (const [name, settings] of Object.entries(entries))
      merged.set(name, mergeSettings(merged.get(name), settings))
  return {
    allow: own.allow ?? base.allow ?? ['*'],
    deny: own.deny ?? base.deny ?? [],
    entries: toRecord(merged),
  }
}

function mergeSettings(base: SkillSettings = {}, own: SkillSettings): SkillSettings {
  const env = [...Object.entries(base.env ?? {}), ...Object.entries(own.env ?? {})]
  return { ...base, ...own, ...(env.length === 0 ? {} : { env: toRecord(env) }) }
}
