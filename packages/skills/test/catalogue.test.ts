import { mkdir, rm, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { createSkillCatalogue, isBroken, type FoundSkill } from '@junctor/skills'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { skillText, temporaryFolder, writeFiles } from './skill-files.ts'

let root: string
let workspace: string
let shared: string

beforeEach(async () => {
  root = await temporaryFolder()
  workspace = join(root, 'workspace')
  shared = join(root, 'shared')
})
afterEach(() => rm(root, { recursive: true }))

const find = () => createSkillCatalogue().find({ workspace, shared })
const named = (skills: readonly FoundSkill[]): string[] =>
  skills.map(({ name, origin }) => `${origin} ${name}`)

/** What is wrong with a single skill with this text. */
async function problemOf(text: string): Promise<string> {
  await writeFiles(workspace, { 'skills/one/SKILL.md': text })
  const [skill] = (await find()).skills
  if (skill === undefined || !isBroken(skill)) return `fine: ${JSON.stringify(skill)}`
  return `${skill.problem.line ?? '-'}: ${skill.problem.message}`
}

describe('skills', () => {
  it('are read from the workspace and the shared folder, the workspace first where names are the same', async () => {
    await writeFiles(root, {
      'workspace/skills/a/SKILL.md': skillText('maps'),
      'workspace/skills/README.md': 'no skill',
      'workspace/skills/empty/notes.md': 'no skill either',
      'shared/x/SKILL.md': skillText('Maps'),
      'shared/y/SKILL.md': skillText('mail'),
    })
    const { skills, shadowed } = await find()
    expect(named(skills)).toEqual(['workspace maps', 'shared mail'])
    expect(named(shadowed)).toEqual(['shared Maps'])
  })

  it('are none where there are no folders', async () => {
    expect(await find()).toEqual({ skills: [], shadowed: [] })
  })

  it('say in their front matter what they need, in the block of any of the family', async () => {
    const metadata = `metadata:
  {
    "openclaw":
      {
        "emoji": "🗺",
        "requires": { "bins": ["git"], "anyBins": ["curl", "wget"], "env": ["MAPS_KEY"], "config": ["browser.enabled"] },
        "primaryEnv": "MAPS_KEY",
        "os": ["linux"],
        "install": [{ "id": "brew", "kind": "brew" }],
      },
  }`
    await writeFiles(workspace, {
      'skills/maps/SKILL.md': skillText('maps', 'homepage: https://maps.example', metadata),
      'skills/plain/SKILL.md': `---\ndescription: >\n  Two\n  lines\nmetadata: { requires: { tools: [browser], bins: jq }, always: true, skillKey: p }\n---\r\n`,
    })
    const { skills } = await find()
    expect(skills).toMatchObject([
      {
        name: 'maps',
        settingsName: 'maps',
        primaryEnv: 'MAPS_KEY',
        hidden: false,
        requires: {
          bins: ['git'],
          anyBins: ['curl', 'wget'],
          env: ['MAPS_KEY'],
          config: ['browser.enabled'],
          tools: [],
          os: ['linux'],
          always: false,
        },
      },
      {
        name: 'plain',
        description: 'Two lines',
        settingsName: 'p',
        requires: { bins: ['jq'], tools: ['browser'], always: true },
      },
    ])
  })

  it.each([
    ['no front matter', 'Just text', /^1: it does not begin with front matter/],
    ['front matter that never ends', '---\nname: x\n', /^1: it does not begin with front matter/],
    ['YAML that is none', '---\nname: x\ndescription: "open\n---\n', /^[34]: .*quote/i],
    ['a colon in plain text', '---\nname: x\ndescription: Use it: often\n---\n', /^3: /],
    ['two keys of one name', '---\nname: x\nname: y\ndescription: z\n---\n', /^3: .*unique/],
    ['no description', '---\nname: x\n---\n', /^2: "description" is missing/],
    [
      'a description that is no text',
      '---\nname: x\ndescription: [1]\n---\n',
      /^3: "description" must be text/,
    ],
    ['a list for a mapping', '---\n- x\n---\n', /^2: the front matter must be a mapping/],
    [
      'a name that is a path',
      '---\nname: ../x\ndescription: y\n---\n',
      /^2: "name" cannot be "\.\.\/x"/,
    ],
    [
      'a program that is a script',
      '---\ndescription: y\nmetadata: { requires: { bins: ["a; b"] } }\n---\n',
      /^3: "bins" cannot be "a; b"/,
    ],
    [
      'a flag that is none',
      '---\ndescription: y\nmetadata: { always: maybe }\n---\n',
      /^3: "always" must be true or false/,
    ],
    [
      'an alias that grows',
      '---\ndescription: &a y\nmetadata: { requires: { bins: [*a] } }\n---\n',
      /^3: "bins" must be text/,
    ],
  ])('with %s are known, with what is wrong and where', async (_name, text, says) => {
    expect(await problemOf(text)).toMatch(says)
  })

  it('that lead out of their folder are not read, whichever part of the way is a link', async () => {
    await writeFiles(root, {
      'elsewhere/evil/SKILL.md': skillText('evil'),
      'shared/good/SKILL.md': skillText('good'),
    })
    await mkdir(join(workspace, 'skills', 'file'), { recursive: true })
    await symlink(join(root, 'elsewhere', 'evil'), join(workspace, 'skills', 'folder'))
    await symlink(
      join(root, 'elsewhere', 'evil', 'SKILL.md'),
      join(workspace, 'skills', 'file', 'SKILL.md'),
    )
    await symlink(join(shared, 'good'), join(shared, 'inside'))
    const { skills, shadowed } = await find()
    expect(named(skills)).toEqual(['workspace file', 'workspace folder', 'shared good'])
    for (const skill of skills.slice(0, 2))
      expect(isBroken(skill) && skill.problem.message).toContain('is a link out of the workspace')
    expect(named(shadowed)).toEqual(['shared good'])

    await rm(join(workspace, 'skills'), { recursive: true })
    await symlink(join(root, 'elsewhere'), join(workspace, 'skills'))
    const [skill] = (await find()).skills
    expect(skill !== undefined && isBroken(skill)).toBe(true)
  })

  it('that change count at the next question', async () => {
    const catalogue = createSkillCatalogue({ now: () => Date.now() + 60_000 })
    const names = async (): Promise<string[]> =>
      named((await catalogue.find({ workspace, shared })).skills)
    await writeFiles(workspace, { 'skills/a/SKILL.md': skillText('one') })
    expect(await names()).toEqual(['workspace one'])
    expect((await catalogue.find({ workspace, shared })).skills[0]).toBe(
      (await catalogue.find({ workspace, shared })).skills[0],
    )
    await writeFiles(workspace, { 'skills/a/SKILL.md': skillText('other') })
    await utimes(join(workspace, 'skills/a/SKILL.md'), 1, 1)
    expect(await names()).toEqual(['workspace other'])
    await rm(join(workspace, 'skills/a'), { recursive: true })
    expect(await names()).toEqual([])
  })
})
