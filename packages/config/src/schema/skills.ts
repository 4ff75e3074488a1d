import type { AgentSkillsConfig, SkillSettings } from '../config.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, mustBe, reader, type Reader } from './reader.ts'
import { boolean, text } from './scalars.ts'
import { secret } from './secret.ts'

const entry: Reader<SkillSettings> = object(
  {},
  {
    enabled: described(boolean(), 'false: the skill is not used.'),
    env: described(
      record(secret),
      'Variables that the commands of an agent get while it may use the skill.',
    ),
    apiKey: described(secret, 'The value of the variable that the skill calls its primary one.'),
  },
)

export const skillEntries: Reader<Readonly<Record<string, SkillSettings>>> = record(entry)

/** The section `skills`. */
export const skills: Reader<{ readonly entries?: Readonly<Record<string, SkillSettings>> }> =
  object({}, { entries: described(skillEntries, 'Skill → its settings, for every agent.') })

/** An agent's skills as they are written, before defaults. */
export type AgentSkillsInput = Partial<AgentSkillsConfig>

const names = list(text())

const parts: Reader<AgentSkillsInput> = object(
  {},
  {
    allow: described(names, 'Only these skills; "*" stands for any text. Default: all.'),
    deny: described(names, 'Never these; wins over allow.'),
    entries: described(skillEntries, 'Skill → its settings, over those of the section skills.'),
  },
)

/** Which skills an agent may use. A list alone names those that it may. */
export const agentSkills: Reader<AgentSkillsInput> = reader(
  { anyOf: [names.schema, parts.schema] },
  (source, report) => {
    const { node } = source
    if (node.type === 'object') return parts(source, report)
    if (node.type !== 'array') return mustBe(source, report, 'a list of skills or { allow, deny }')
    const allow = names(source, report)
    return allow === undefined ? undefined : { allow }
  },
)
