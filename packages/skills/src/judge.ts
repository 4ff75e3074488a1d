import { nameKey, type FoundSkills } from './catalogue.ts'
import type { Reason } from './reason.ts'
import { isBroken, type FoundSkill, type Skill } from './skill.ts'

/** What an agent may do and has in one of its sessions. */
export interface SkillTerms {
  /** Names; `*` stands for any text. */
  readonly allow: readonly string[]
  /** Wins over `allow`. */
  readonly deny: readonly string[]
  /** Where the two lists stand, for reasons: `agents.list[1].skills`. */
  readonly listsAt: string
  isEnabled(settingsName: string): boolean
  checkTool(tool: string): {
    readonly allowed: boolean
    readonly layer?: string | undefined
    readonly rule?: string | undefined
  }
  /** Where commands run. */
  readonly place: 'host' | 'sandbox'
  /** Node's name for the system there. */
  readonly os: string
  /** Which of these programs are there. Asked once, when a skill needs one. */
  findBinaries(names: readonly string[]): Promise<ReadonlySet<string>>
  /** Whether the agent's commands get this variable, for a skill of this one's settings. */
  hasVariable(skill: Skill, name: string): boolean
  isSet(setting: string): boolean
}

export interface JudgedSkill {
  readonly skill: FoundSkill
  /** Empty: it can be used. */
  readonly reasons: readonly Reason[]
}

/** Which skills can be used, and why the others cannot. */
export async function judgeSkills(
  { skills, shadowed }: FoundSkills,
  terms: SkillTerms,
): Promise<readonly JudgedSkill[]> {
  const judged = skills.map((skill): JudgedSkill => ({ skill, reasons: reasonsOf(skill, terms) }))
  // Programs may have to be looked for in a sandbox that is not running: only for skills that nothing else keeps away.
  const wanted = judged.flatMap(({ skill, reasons }) =>
    reasons.length > 0 || isBroken(skill) ? [] : binariesOf(skill),
  )
  const found = wanted.length === 0 ? new Set<string>() : await look([...new Set(wanted)], terms)
  const result = judged.map(({ skill, reasons }): JudgedSkill =>
    reasons.length > 0 || isBroken(skill)
      ? { skill, reasons }
      : { skill, reasons: missingBinaries(skill, found, terms) },
  )
  const covered = shadowed.map((skill): JudgedSkill => {
    const by = skills.find((other) => nameKey(other) === nameKey(skill))?.origin ?? skill.origin
    return { skill, reasons: [{ kind: 'shadowed', by }] }
  })
  return [...result, ...covered]
}

/** The skills without a reason against them. */
export function usableSkills(judged: readonly JudgedSkill[]): readonly Skill[] {
  return judged.flatMap(({ skill, reasons }) =>
    reasons.length === 0 && !isBroken(skill) ? [skill] : [],
  )
}

function reasonsOf(skill: FoundSkill, terms: SkillTerms): readonly Reason[] {
  if (isBroken(skill)) {
    const { file, problem } = skill
    return [{ kind: 'malformed', file, problem: problem.message, ...lineOf(problem) }]
  }
  const denied = denialOf(skill, terms)
  if (denied !== undefined) return [{ kind: 'denied', rule: denied }]
  const reasons: Reason[] = []
  const { env, config, os, always } = skill.requires
  for (const tool of toolsOf(skill)) {
    const { allowed, layer, rule } = terms.checkTool(tool)
    if (allowed) continue
    const why = {
      ...(layer === undefined ? {} : { layer }),
      ...(rule === undefined ? {} : { rule }),
    }
    reasons.push({ kind: 'tool', tool, ...why })
  }
  if (always) return reasons
  if (os.length > 0 && !os.includes(terms.os)) reasons.push({ kind: 'os', os, found: terms.os })
  for (const variable of env)
    if (!terms.hasVariable(skill, variable))
      reasons.push({ kind: 'env', variable, setting: `skills.entries.${skill.settingsName}.env` })
  for (const setting of config) if (!terms.isSet(setting)) reasons.push({ kind: 'config', setting })
  return reasons
}

function denialOf({ name, settingsName }: Skill, terms: SkillTerms): string | undefined {
  const denied = terms.deny.find((pattern) => fits(name, pattern))
  if (denied !== undefined) return `${terms.listsAt}.deny has "${denied}"`
  if (!terms.allow.some((pattern) => fits(name, pattern)))
    return `it is not in ${terms.listsAt}.allow`
  return terms.isEnabled(settingsName)
    ? undefined
    : `skills.entries.${settingsName}.enabled is false`
}

/** A skill is a file to be read, and its programs are run by commands. */
function toolsOf({ requires }: Skill): readonly string[] {
  const needsPrograms = requires.bins.length > 0 || requires.anyBins.length > 0
  return [...new Set(['read', ...(needsPrograms ? ['exec'] : []), ...requires.tools])]
}

function binariesOf({ requires: { bins, anyBins, always } }: Skill): readonly string[] {
  return always ? [] : [...bins, ...anyBins]
}

async function look(
  names: readonly string[],
  terms: SkillTerms,
): Promise<ReadonlySet<string> | Reason> {
  try {
    return await terms.findBinaries(names)
  } catch (error) {
    return { kind: 'unavailable', problem: error instanceof Error ? error.message : String(error) }
  }
}

function missingBinaries(
  skill: Skill,
  found: ReadonlySet<string> | Reason,
  { place }: SkillTerms,
): readonly Reason[] {
  if (binariesOf(skill).length === 0) return []
  if ('kind' in found) return [found]
  const { bins, anyBins } = skill.requires
  const missing = bins.filter((name) => !found.has(name)).map((name) => [name])
  if (anyBins.length > 0 && !anyBins.some((name) => found.has(name))) missing.push([...anyBins])
  return missing.map((binaries) => ({ kind: 'binary', binaries, place }))
}

function fits(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\p{L}\p{N}_]/gu, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(name)
}

function lineOf({ line }: { readonly line?: number }): { readonly line?: number } {
  return line === undefined ? {} : { line }
}
