import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const written = `// The house.
{
  agents: {
    list: [
      { id: 'home', default: true }, // the family
      { id: 'work' },
    ],
  },
  bindings: { $include: './bindings.json5' },
  channels: { web: {} },
}
`
const bindings = `[
  { agentId: 'work', match: { channel: 'telegram', accountId: 'office' } }, // the office bot
]
`

let installation: Installation
const textOf = (name: string): Promise<string> =>
  readFile(join(installation.directory, name), 'utf8')

beforeEach(async () => {
  installation = await createInstallation(written)
  await writeFile(join(installation.directory, 'bindings.json5'), bindings)
})
afterEach(() => installation.close())

describe('agents bind', () => {
  it('writes into the file that has the bindings, and says what was there', async () => {
    const path = join(installation.directory, 'bindings.json5')
    const wanted = ['telegram:office', 'telegram:*:group:-100:7', 'telegram'].flatMap((text) => [
      '--bind',
      text,
    ])
    expect(await installation.json('agents', 'bind', 'work', ...wanted, '--json')).toEqual({
      id: 'work',
      written: [{ path, backupPath: `${path}.bak` }],
      added: ['telegram:*:group:-100:7', 'telegram'],
      skipped: ['telegram:office'],
      conflicts: [],
    })
    expect(await textOf('junctor.json')).toBe(written)
    expect(await textOf('bindings.json5')).toBe(
      bindings.replace(
        ']\n',
        `  { agentId: "work", match: { channel: "telegram", accountId: "*", peer: { kind: "group", id: "-100:7" } } },
  { agentId: "work", match: { channel: "telegram" } },
]
`,
      ),
    )
    const message = ['--channel', 'telegram', '--peer', 'group:-100:7']
    const route = await installation.json('route', 'test', ...message, '--json')
    expect(route).toMatchObject({ agentId: 'work', tier: 'peer' })
  })

  it.each([
    ['another agent’s binding', ['home', '--bind', 'telegram:office'], 1, /leads to work already/],
    ['an unknown agent', ['nobody', '--bind', 'web'], 3, /there is no agent "nobody"/],
    ['nothing', ['work'], 2, /--bind/],
    ['a peer of no kind', ['work', '--bind', 'web:x:7'], 2, /"web:x:7" is not <channel>/],
  ])('changes nothing for %s, with its exit code', async (_name, args, expected, says) => {
    const { code, stdout, stderr } = await installation.run('agents', 'bind', ...args)
    expect(stdout + stderr).toMatch(says)
    expect(code).toBe(expected)
    expect(await textOf('bindings.json5')).toBe(bindings)
  })
})

describe('agents unbind', () => {
  it('takes bindings away, and exits with 3 for one that is not there', async () => {
    const args = ['work', '--bind', 'telegram:office', '--bind', 'telegram:shop', '--json']
    const { code, stdout } = await installation.run('agents', 'unbind', ...args)
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({
      removed: ['telegram:office'],
      missing: ['telegram:shop'],
    })
    expect(await textOf('bindings.json5')).toBe('[\n]\n')
    expect((await installation.run('config', 'validate')).code).toBe(0)
  })

  it('takes all of them away', async () => {
    const { code, stdout } = await installation.run('agents', 'unbind', 'work', '--all')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '  unbound    telegram:office\n' })
  })
})

describe('agents set-identity', () => {
  const setIdentity = (...args: readonly string[]): Promise<unknown> =>
    installation.json('agents', 'set-identity', ...args, '--json')

  it('writes what is given, and shows it', async () => {
    const given = ['--name', 'Office', '--emoji', '💼', '--theme', 'brief', '--avatar', 'me.png']
    expect(await setIdentity('--agent', 'Work', ...given)).toMatchObject({
      id: 'work',
      identity: { name: 'Office', emoji: '💼', theme: 'brief', avatar: 'me.png' },
    })
    expect(await textOf('junctor.json')).toContain('// the family')
    expect((await installation.run('agents')).stdout).toMatch(/^work +Office/m)
  })

  it('reads IDENTITY.md in the workspace, and lets options win', async () => {
    const workspace = join(installation.stateDir, 'workspace-work')
    await mkdir(workspace, { recursive: true })
    await writeFile(
      join(workspace, 'IDENTITY.md'),
      '# IDENTITY.md\n\n- **Name:** Ada\n- **Creature:** _(ghost?)_\n- **Vibe:** dry, warm\n- **Emoji:** 🦉\n- Avatar:\n',
    )
    const answer = await setIdentity('--workspace', workspace, '--from-identity', '--emoji', '🪶')
    expect(answer).toMatchObject({
      id: 'work',
      identity: { name: 'Ada', theme: 'dry, warm', emoji: '🪶' },
    })
    const path = join(installation.directory, 'other.md')
    await writeFile(path, 'name: Bea')
    expect(await setIdentity('--agent', 'home', '--identity-file', path)).toMatchObject({
      identity: { name: 'Bea' },
    })
  })

  it.each([
    ['no agent', ['--name', 'x'], 2],
    ['an unknown agent', ['--agent', 'nobody', '--name', 'x'], 3],
    ['an unknown workspace', ['--workspace', '/nowhere', '--name', 'x'], 3],
    ['nothing to say', ['--agent', 'work'], 2],
    ['a file that is not there', ['--agent', 'work', '--from-identity'], 3],
    ['a blank', ['--agent', 'work', '--name', ' '], 1],
  ])('refuses %s', async (_name, args, expected) => {
    const { code, stderr } = await installation.run('agents', 'set-identity', ...args)
    expect(stderr).not.toBe('')
    expect(code).toBe(expected)
    expect(await textOf('junctor.json')).toBe(written)
  })
})

describe('a config with agents in a map', () => {
  const map = `{ agents: { work: {}, home: {} }, channels: { web: {} } }`

  it('is refused an entry in another spelling', async () => {
    await installation.writeConfig(map)
    const { code, stderr } = await installation.run('agents', 'add', 'sales')
    expect(code).toBe(1)
    expect(stderr).toContain('run `junctor config migrate --write` first')
    expect(await textOf('junctor.json')).toBe(map)
  })
})
