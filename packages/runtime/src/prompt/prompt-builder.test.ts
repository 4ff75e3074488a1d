import { execFileSync } from 'node:child_process'
import {
  mkdir,
  mkdtemp,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
  type FileHandle,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labelledNote, type Agent } from '@junctor/agent'
import { createPromptBuilder, type PromptBuilder, type PromptPlace } from '@junctor/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: string
let workspace: string
let agent: Agent

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-prompt-'))
  workspace = join(folder, 'workspace')
  await mkdir(workspace)
  agent = {
    id: 'ada',
    name: 'Ada',
    identity: { prompt: 'You like ships.' },
    workspace,
    agentDir: join(folder, 'agent'),
    model: 'demo/one',
  }
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const place = { channel: 'telegram', kind: 'group' } as const

const textOf = async (
  builder: PromptBuilder,
  of: Agent,
  at: PromptPlace = place,
): Promise<string> => (await builder.build(of, at)).text

describe('the prompt', () => {
  it('says who the agent is and where it speaks, then identity and files in their order', async () => {
    await writeFile(join(workspace, 'USER.md'), 'The user is Grace.\n')
    await writeFile(join(workspace, 'SOUL.md'), '\uFEFFYou are calm.')
    await writeFile(join(workspace, 'AGENTS.md'), 'Answer in Latin.')
    expect(await textOf(createPromptBuilder(), agent)).toBe(
      [
        'You are Ada (agent id: ada). You speak on telegram, in a group. What you write is sent there as it is.',
        labelledNote,
        '# Identity\n\nYou like ships.',
        '# AGENTS.md\n\nAnswer in Latin.',
        '# SOUL.md\n\nYou are calm.',
        '# USER.md\n\nThe user is Grace.',
      ].join('\n\n'),
    )
  })

  it('does without files, and without a workspace', async () => {
    await rm(workspace, { recursive: true })
    const bare = { ...agent, identity: { name: 'Countess', theme: 'ships', emoji: '🚢' } }
    expect(await textOf(createPromptBuilder(), bare, { channel: 'web' })).toBe(
      `You are Countess (agent id: ada). You speak on web. What you write is sent there as it is.\n\n${labelledNote}\n\n# Identity\n\nTheme: ships\nEmoji: 🚢`,
    )
  })

  it('has every file in the main session, and less the further away it is', async () => {
    const names = ['AGENTS', 'SOUL', 'IDENTITY', 'USER', 'TOOLS', 'BOOTSTRAP', 'MEMORY']
    for (const name of [...names, 'HEARTBEAT', 'agents', 'README'])
      await writeFile(join(workspace, `${name}.md`), `text of ${name}`)
    const builder = createPromptBuilder()
    const headings = async (session: NonNullable<PromptPlace['session']>): Promise<string[]> =>
      [...(await textOf(builder, agent, { ...place, session })).matchAll(/^# (\w+)\.md$/gm)].map(
        ([, name = '']) => name,
      )
    expect(await headings('main')).toEqual(names)
    expect(await headings('shared')).toEqual(names.slice(0, -1))
    expect(await headings('subagent')).toEqual(['AGENTS', 'TOOLS'])
    expect(await textOf(builder, agent)).not.toContain('text of MEMORY')
  })

  it('calls the agent what IDENTITY.md says where the config says nothing', async () => {
    await writeFile(join(workspace, 'IDENTITY.md'), '- **Name:** Nova\n- **Emoji:** _(none yet)_\n')
    const builder = createPromptBuilder()
    expect(await textOf(builder, agent)).toMatch(/^You are Nova \(agent id: ada\)/)
    const named = { ...agent, identity: { name: 'Countess' } }
    expect(await textOf(builder, named)).toMatch(/^You are Countess \(agent id: ada\)/)
  })

  it('cuts a long section, and says so to the model and to whoever built it', async () => {
    await writeFile(join(workspace, 'SOUL.md'), '漢'.repeat(30))
    await writeFile(join(workspace, 'USER.md'), '漢'.repeat(10))
    const { text, cuts } = await createPromptBuilder().build(agent, {
      ...place,
      limits: { maxFileLength: 10 },
    })
    expect(text).toContain(
      '# Identity\n\nYou like s\n\n[Cut: Identity has 15 characters; the first 10',
    )
    expect(text).toContain(
      `# SOUL.md\n\n${'漢'.repeat(10)}\n\n[Cut: SOUL.md has 90 bytes; the first 10 characters`,
    )
    expect(text).toMatch(/# USER\.md\n\n漢{10}$/)
    expect(cuts).toEqual([{ file: 'SOUL.md', bytes: 90, shown: 10, limit: 'file' }])
  })

  it('gives the files together no more room than there is, the first ones first', async () => {
    await writeFile(join(workspace, 'AGENTS.md'), 'a'.repeat(30))
    await writeFile(join(workspace, 'SOUL.md'), 's'.repeat(30))
    await writeFile(join(workspace, 'USER.md'), 'u'.repeat(30))
    const { text, cuts } = await createPromptBuilder().build(agent, {
      ...place,
      limits: { maxFileLength: 40, maxTotalLength: 50 },
    })
    expect(text).toContain(
      `# AGENTS.md\n\n${'a'.repeat(30)}\n\n# SOUL.md\n\n${'s'.repeat(20)}\n\n[Cut: SOUL`,
    )
    expect(text).toContain('# USER.md\n\n[Cut: USER.md has 30 bytes; nothing of it is shown.')
    expect(cuts).toEqual([
      { file: 'SOUL.md', bytes: 30, shown: 20, limit: 'total' },
      { file: 'USER.md', bytes: 30, shown: 0, limit: 'total' },
    ])
  })

  it('never cuts a character in two', async () => {
    await writeFile(join(workspace, 'SOUL.md'), '😀'.repeat(100))
    for (const maxFileLength of [1, 2, 3, 7, 33]) {
      const { text } = await createPromptBuilder().build(agent, {
        ...place,
        limits: { maxFileLength },
      })
      expect(text.isWellFormed()).toBe(true)
      expect(text).not.toContain('\uFFFD')
    }
  })

  it('of one agent holds nothing of another', async () => {
    const other = { ...agent, id: 'bob', name: 'Bob', workspace: join(folder, 'other') }
    await mkdir(other.workspace)
    await writeFile(join(workspace, 'SOUL.md'), 'Secret of Ada')
    await writeFile(join(other.workspace, 'SOUL.md'), 'Secret of Bob')
    const builder = createPromptBuilder()
    const [first, second] = await Promise.all([textOf(builder, agent), textOf(builder, other)])
    expect(first).toContain('Secret of Ada')
    expect(first).not.toContain('Bob')
    expect(second).toContain('Secret of Bob')
    expect(second).not.toContain('Ada')
  })
})

describe('a changed file', () => {
  const later = (): number => Date.now() + 60_000

  it('counts once the last look is older than lookEveryMs', async () => {
    const soul = join(workspace, 'SOUL.md')
    await writeFile(soul, 'one')
    let time = later()
    const builder = createPromptBuilder({ lookEveryMs: 100, now: () => time })
    expect(await textOf(builder, agent)).toContain('one')
    await writeFile(soul, 'other')
    time += 99
    expect(await textOf(builder, agent)).toContain('one')
    time += 1
    expect(await textOf(builder, agent)).toContain('other')
  })

  it('is read again, and only then', async () => {
    const soul = join(workspace, 'SOUL.md')
    await writeFile(soul, 'one')
    let reads = 0
    const readFile = async (file: FileHandle): Promise<Uint8Array> => {
      reads += 1
      return file.readFile()
    }
    const builder = createPromptBuilder({ readFile, now: later })
    await builder.build(agent, place)
    expect(await textOf(builder, agent)).toContain('one')
    expect(reads).toBe(1)

    await writeFile(soul, 'other')
    expect(await textOf(builder, agent)).toContain('other')
    const { mtime } = await stat(soul)
    await writeFile(join(workspace, 'new'), 'third')
    await utimes(join(workspace, 'new'), mtime, mtime)
    await rename(join(workspace, 'new'), soul)
    expect(await textOf(builder, agent)).toContain('third')
    expect(reads).toBe(3)

    await rm(soul)
    expect(await textOf(builder, agent)).not.toContain('SOUL.md')
  })

  it('counts even when two writes fall into one tick of the clock', async () => {
    let reads = 0
    const readFile = async (file: FileHandle): Promise<Uint8Array> => {
      reads += 1
      return file.readFile()
    }
    await writeFile(join(workspace, 'SOUL.md'), 'one')
    const builder = createPromptBuilder({ readFile })
    await builder.build(agent, place)
    await builder.build(agent, place)
    expect(reads).toBe(2)
  })
})

describe('a file that may not be used', () => {
  const refused = { code: 'PROMPT_FILE_REFUSED' }

  it('is a link out of the workspace', async () => {
    await writeFile(join(folder, 'secret'), 'outside')
    await symlink(join(folder, 'secret'), join(workspace, 'SOUL.md'))
    const prompt = createPromptBuilder().build(agent, place)
    await expect(prompt).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('SOUL.md is a link out'),
    })
  })

  it('is not one that a link inside the workspace leads to', async () => {
    await mkdir(join(workspace, 'docs'))
    await writeFile(join(workspace, 'docs', 'soul.md'), 'inside')
    await symlink('docs/soul.md', join(workspace, 'SOUL.md'))
    await symlink('gone.md', join(workspace, 'USER.md'))
    expect(await textOf(createPromptBuilder(), agent)).toContain('inside')
  })

  it('is not text in UTF-8, neither in its middle nor at its end', async () => {
    for (const bytes of [
      [0x61, 0xff, 0x62],
      [0x61, 0xe6, 0xbc],
    ]) {
      await writeFile(join(workspace, 'SOUL.md'), Uint8Array.from(bytes))
      const prompt = createPromptBuilder().build(agent, place)
      await expect(prompt).rejects.toMatchObject({
        ...refused,
        message: expect.stringContaining('SOUL.md is not text in UTF-8'),
      })
    }
  })

  it('is a folder or a pipe', async () => {
    await mkdir(join(workspace, 'SOUL.md'))
    await expect(createPromptBuilder().build(agent, place)).rejects.toMatchObject(refused)
    await rm(join(workspace, 'SOUL.md'), { recursive: true })
    execFileSync('mkfifo', [join(workspace, 'SOUL.md')])
    await expect(createPromptBuilder().build(agent, place)).rejects.toMatchObject(refused)
  })
})
