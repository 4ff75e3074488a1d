import { WorkbenchError } from '@junctor/agent'
import {
  describeReason,
  judgeSkills,
  skillsSection,
  usableSkills,
  type Requirements,
  type Skill,
  type SkillTerms,
} from '@junctor/skills'
import { describe, expect, it } from 'vitest'

const nothing: Requirements = {
  bins: [],
  anyBins: [],
  env: [],
  config: [],
  tools: [],
  os: [],
  always: false,
}

function skill(name: string, requires: Partial<Requirements> = {}): Skill {
  return {
    name,
    description: `About ${name}`,
    origin: 'workspace',
    folder: `/w/skills/${name}`,
    file: `/w/skills/${name}/SKILL.md`,
    requires: { ...nothing, ...requires },
    settingsName: name,
    hidden: false,
  }
}

const terms: SkillTerms = {
  allow: ['*'],
  deny: [],
  listsAt: 'agents.list[0].skills',
  isEnabled: () => true,
  checkTool: () => ({ allowed: true }),
  place: 'host',
  os: 'linux',
  findBinaries: async () => new Set(['git']),
  hasVariable: (_skill, name) => name === 'KNOWN',
  isSet: (setting) => setting === 'browser.enabled',
}

async function reasonsOf(one: Skill, more: Partial<SkillTerms> = {}): Promise<string[]> {
  const [judged] = await judgeSkills({ skills: [one], shadowed: [] }, { ...terms, ...more })
  return judged?.reasons.map(describeReason) ?? []
}

describe('a skill', () => {
  it.each([
    ['needs nothing', {}],
    ['has its programs', { bins: ['git'], anyBins: ['hg', 'git'] }],
    [
      'has its variables, settings and system',
      { env: ['KNOWN'], config: ['browser.enabled'], os: ['darwin', 'linux'] },
    ],
    ['is always one', { always: true, bins: ['x'], env: ['X'], config: ['x'], os: ['x'] }],
  ])('that %s is usable', async (_name, requires) => {
    expect(await reasonsOf(skill('a', requires))).toEqual([])
  })

  it.each([
    ['a program', { bins: ['git', 'gh'] }, 'the program "gh" is not on the host'],
    [
      'any of some programs',
      { anyBins: ['hg', 'svn'] },
      'none of the programs "hg", "svn" is on the host',
    ],
    [
      'a variable',
      { env: ['KEY'] },
      'the variable KEY is not set: give it in skills.entries.a.env',
    ],
    ['another system', { os: ['darwin'] }, 'it is for darwin, and commands run on linux'],
    ['a setting', { config: ['x.y'] }, 'the config has no x.y, or it is false'],
  ])('that lacks %s says so', async (_name, requires, says) => {
    expect(await reasonsOf(skill('a', requires))).toEqual([says])
  })

  it('names every thing that it lacks', async () => {
    expect(await reasonsOf(skill('a', { env: ['A', 'B'], os: ['win32'] }))).toHaveLength(3)
  })

  it('with programs needs exec, each needs read, and what else it says', async () => {
    const deny = (...names: readonly string[]): Partial<SkillTerms> => ({
      checkTool: (tool) =>
        names.includes(tool)
          ? { allowed: false, layer: 'tools', rule: `deny "${tool}"` }
          : { allowed: true },
    })
    const denied = (tool: string) =>
      `it needs the tool "${tool}", which is denied (tools: deny "${tool}")`
    expect(await reasonsOf(skill('a'), deny('exec'))).toEqual([])
    expect(await reasonsOf(skill('a', { bins: ['git'] }), deny('exec'))).toEqual([denied('exec')])
    expect(await reasonsOf(skill('a', { tools: ['browser'] }), deny('browser'))).toEqual([
      denied('browser'),
    ])
    expect(await reasonsOf(skill('a', { always: true }), deny('read'))).toEqual([denied('read')])
  })

  it.each([
    [{ deny: ['m*'] }, 'the config denies it: agents.list[0].skills.deny has "m*"'],
    [{ allow: ['mail', 'ma'] }, 'the config denies it: it is not in agents.list[0].skills.allow'],
    [{ allow: [] }, 'the config denies it: it is not in agents.list[0].skills.allow'],
    [
      { allow: ['maps'], deny: ['MAPS'] },
      'the config denies it: agents.list[0].skills.deny has "MAPS"',
    ],
    [{ isEnabled: () => false }, 'the config denies it: skills.entries.maps.enabled is false'],
  ])('is denied by %j', async (more, says) => {
    expect(await reasonsOf(skill('maps'), more)).toEqual([says])
  })

  it('with a pattern for a name is matched as text, not as an expression', async () => {
    expect(await reasonsOf(skill('a.b'), { allow: ['a.b'] })).toEqual([])
    expect(await reasonsOf(skill('axb'), { allow: ['a.b'] })).not.toEqual([])
  })

  it('asks for programs once, and only where nothing else keeps it away', async () => {
    const asked: (readonly string[])[] = []
    const skills = [
      skill('a', { bins: ['git'] }),
      skill('b', { bins: ['git', 'gh'] }),
      skill('c', { bins: ['never'], os: ['win32'] }),
    ]
    await judgeSkills(
      { skills, shadowed: [] },
      {
        ...terms,
        findBinaries: async (names) => {
          asked.push(names)
          return new Set()
        },
      },
    )
    expect(asked).toEqual([['git', 'gh']])
  })

  it('whose programs cannot be looked for is not usable, and the others go on', async () => {
    const findBinaries = async (): Promise<never> => {
      throw new WorkbenchError('UNAVAILABLE', 'Docker is not there.')
    }
    const judged = await judgeSkills(
      { skills: [skill('a', { bins: ['git'] }), skill('b')], shadowed: [skill('B')] },
      { ...terms, findBinaries },
    )
    expect(judged.map(({ reasons }) => reasons.map(describeReason))).toEqual([
      ['it cannot be had here: Docker is not there.'],
      [],
      ['the skill of this name in the workspace is used'],
    ])
    expect(usableSkills(judged).map(({ name }) => name)).toEqual(['b'])
  })
})

describe('what a prompt says of skills', () => {
  const pathOf = ({ name }: Skill): string => `skills/${name}/SKILL.md`

  it('is a line for each, without those that people ask for themselves', () => {
    const { text, leftOut } = skillsSection([skill('a'), { ...skill('b'), hidden: true }], pathOf)
    expect(text).toMatch(/^# Skills\n\n.*\n\n- a \(skills\/a\/SKILL\.md\): About a$/)
    expect(leftOut).toEqual([])
    expect(skillsSection([], pathOf).text).toBe('')
  })

  it('has an end, and tells what had no room', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      ...skill(`s${index}`),
      description: 'x'.repeat(5_000),
    }))
    const { text, leftOut } = skillsSection(many, pathOf)
    expect(text.length).toBeLessThan(19_000)
    expect(leftOut.at(-1)).toBe('s39')
    expect(text).toContain(`[Cut: there was no room for ${leftOut.length} more skills.]`)
  })
})
