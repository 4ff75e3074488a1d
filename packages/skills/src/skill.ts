/** Where a skill was found. One of the workspace takes the place of a shared one with the same name. */
export type SkillOrigin = 'workspace' | 'shared'

/** What has to be so that a skill is of use. */
export interface Requirements {
  /** Programs, all of them. */
  readonly bins: readonly string[]
  /** Programs, at least one of them. */
  readonly anyBins: readonly string[]
  /** Variables of the commands that the agent runs. */
  readonly env: readonly string[]
  /** Settings of the gateway's config that must be set, and not false, as `browser.enabled`. */
  readonly config: readonly string[]
  readonly tools: readonly string[]
  /** Node's names for systems: `linux`, `darwin`, `win32`. Empty: any. */
  readonly os: readonly string[]
  /** Programs, variables, settings and systems are not asked for. */
  readonly always: boolean
}

interface SkillPlace {
  /** That of the front matter; of a skill without a readable one its folder's. */
  readonly name: string
  readonly origin: SkillOrigin
  /** Absolute. */
  readonly folder: string
  /** Absolute path of its SKILL.md. */
  readonly file: string
}

export interface Skill extends SkillPlace {
  readonly description: string
  readonly requires: Requirements
  /** What its settings are called: its name, unless it says another. */
  readonly settingsName: string
  /** The variable that the setting `apiKey` fills. */
  readonly primaryEnv?: string
  /** Not offered to the model: people ask for it. */
  readonly hidden: boolean
}

/** A skill whose SKILL.md cannot be used. */
export interface BrokenSkill extends SkillPlace {
  readonly problem: { readonly message: string; readonly line?: number }
}

export type FoundSkill = Skill | BrokenSkill

export function isBroken(skill: FoundSkill): skill is BrokenSkill {
  return 'problem' in skill
}
