import type { Skill } from './skill.ts'

export interface SkillsSection {
  /** Empty where there is nothing to offer. */
  readonly text: string
  /** Names of skills that had no room in it. */
  readonly leftOut: readonly string[]
}

/** UTF-16 units of all lines together, and of one description. */
const MOST_TEXT = 18_000
const LONGEST_DESCRIPTION = 1_024

const intro =
  'Instructions for particular tasks, one line each: name, file, what it is for. When one fits what you are asked, read its file with `read` before you begin, and follow it. Paths in it are relative to its folder.'

/** What a prompt says about skills: not what is in them, but that they are there. `pathOf` is where the model reads one. */
export function skillsSection(
  skills: readonly Skill[],
  pathOf: (skill: Skill) => string,
): SkillsSection {
  const lines: string[] = []
  const leftOut: string[] = []
  let room = MOST_TEXT
  for (const skill of skills) {
    if (skill.hidden) continue
    const { name, description } = skill
    const about =
      description.length > LONGEST_DESCRIPTION
        ? `${description.slice(0, LONGEST_DESCRIPTION).toWellFormed()}…`
        : description
    const line = `- ${name} (${pathOf(skill)}): ${about}`
    if (line.length > room) {
      leftOut.push(name)
      continue
    }
    room -= line.length
    lines.push(line)
  }
  const rest =
    leftOut.length === 0 ? [] : [`[Cut: there was no room for ${leftOut.length} more skills.]`]
  const text =
    lines.length === 0 ? '' : ['# Skills', intro, [...lines, ...rest].join('\n')].join('\n\n')
  return { text, leftOut }
}
