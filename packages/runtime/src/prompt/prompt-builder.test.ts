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
import { createPromptBuilder } from '@junctor/runtime'
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

describe('the prompt', () => {
  it('says who the agent is and where it speaks, then identity and files in their order', async () => {
    await writeFile(join(workspace, 'USER.md'), 'The user is Grace.\n')
    await writeFile(join(workspace, 'SOUL.md'), '\uFEFFYou are calm.')
    await writeFile(join(workspace, 'AGENTS.md'), 'Answer in Latin.')
    expect(await createPromptBuilder().build(agent, place)).toBe(
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
    expect(await createPromptBuilder().build(bare, { channel: 'web' })).toBe(
      `You are Countess (agent id: ada). You speak on web. What you write is sent there as it is.\n\n${labelledNote}\n\n# Identity\n\nTheme: ships\nEmoji: 🚢`,
    )
  })

  it('cuts a long section and says so', async () => {
    await writeFile(join(workspace, 'SOUL.md'), '漢'.repeat(30))
    await writeFile(join(workspace, 'USER.md'), '漢'.repeat(10))
    const prompt = await createPromptBuilder({ maxSectionLength: 10 }).build(agent, place)
    expect(prompt).toContain(
      '# Identity\n\nYou like s\n\n[Cut: Identity has 15 characters; the first 10',
    )
    expect(prompt).toContain(
      `# SOUL.md\n\n${'漢'.repeat(10)}\n\n[Cut: SOUL.md has 90 bytes; the first 10`,
    )
    expect(prompt).toMatch(/# USER\.md\n\n漢{10}$/)
  })

  it('of one agent holds nothing of another', async () => {
    const other = { ...agent, id: 'bob', name: 'Bob', workspace: join(folder, 'other') }
    await mkdir(other.workspace)
    await writeFile(join(workspace, 'SOUL.md'), 'Secret of Ada')
    await writeFile(join(other.workspace, 'SOUL.md'), 'Secret of Bob')
    const builder = createPromptBuilder()
    const [first, second] = await Promise.all([
      builder.build(agent, place),
      builder.build(other, place),
    ])
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
    expect(await builder.build(agent, place)).toContain('one')
    await writeFile(soul, 'other')
    time += 99
    expect(await builder.build(agent, place)).toContain('one')
    time += 1
    expect(await builder.build(agent, place)).toContain('other')
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
    expect(await builder.build(agent, place)).toContain('one')
    expect(reads).toBe(1)

    await writeFile(soul, 'other')
    expect(await builder.build(agent, place)).toContain('other')
    const { mtime } = await stat(soul)
    await writeFile(join(workspace, 'new'), 'third')
    await utimes(join(workspace, 'new'), mtime, mtime)
    await rename(join(workspace, 'new'), soul)
    expect(await builder.build(agent, place)).toContain('third')
    expect(reads).toBe(3)

    await rm(soul)
    expect(await builder.build(agent, place)).not.toContain('SOUL.md')
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
    expect(await createPromptBuilder().build(agent, place)).toContain('inside')
  })

  it('is a folder or a pipe', async () => {
    await mkdir(join(workspace, 'SOUL.md'))
    await expect(createPromptBuilder().build(agent, place)).rejects.toMatchObject(refused)
    await rm(join(workspace, 'SOUL.md'), { recursive: true })
    execFileSync('mkfifo', [join(workspace, 'SOUL.md')])
    await expect(createPromptBuilder().build(agent, place)).rejects.toMatchObject(refused)
  })
})
