import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { oldTranscript, transcript, writeTree } from './foreign-state.ts'
import { createInstallation, type Installation } from './installation.ts'

const token = '1000:fake-token-of-an-import-test'

interface Report {
  readonly things: readonly {
    readonly kind: string
    readonly agent?: string
    readonly name: string
    readonly outcome: string
    readonly counts?: Readonly<Record<string, number>>
    readonly note?: string
  }[]
  readonly skipped: readonly {
    readonly file: string
    readonly line: number
    readonly reason: string
  }[]
}

let installation: Installation
let platform: TelegramServer
let models: ModelServer
beforeEach(async () => {
  platform = await createTelegramServer({ bots: [{ token, username: 'import_bot' }] })
  models = await createModelServer()
  installation = await createInstallation(undefined, { JUNCTOR_CONFIG_PATH: '' })
})
afterEach(async () => {
  await installation.close()
  await Promise.all([platform.stop(), models.close()])
})

const home = (...parts: readonly string[]): string => join(installation.directory, ...parts)
const state = (...parts: readonly string[]): string => join(installation.stateDir, ...parts)

async function importFrom(...args: readonly string[]): Promise<Report> {
  return (await installation.json('import', ...args, '--json')) as Report
}

/** What became of each thing: `session home agent:home:main imported`. */
function outcomes({ things }: Report): readonly string[] {
  return things.map(({ kind, agent, name, outcome }) =>
    [kind, agent, name.replace(installation.directory, '~'), outcome]
      .filter((each) => each)
      .join(' '),
  )
}

const access = (): object => ({
  gateway: { port: 0 },
  session: { dmScope: 'per-channel-peer' },
  channels: {
    telegram: { dmPolicy: 'open', allowFrom: ['*'], botToken: token, apiRoot: platform.url },
  },
  models: {
    providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
  },
})

/** Everything below a folder with its content. */
async function snapshot(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name)
    return [path, await readFile(path, 'utf8')] as const
  })
  return Object.fromEntries(await Promise.all(read))
}

/** Says something in a chat of the started gateway, and gives the request that the model got for it. */
async function askModel(text: string, chat: number, key = 'fake-key'): Promise<string> {
  platform.bot(token).say({ chat, text })
  const request = await models.waitFor(({ lastUserText }) => lastUserText.includes(text), {
    timeoutMs: 30_000,
  })
  expect(request.headers.authorization).toBe(`Bearer ${key}`)
  return JSON.stringify(request.body)
}

describe('import of Clawdbot', () => {
  const clawdbot = async (): Promise<void> => {
    await writeTree(installation.directory, {
      '.clawdbot/clawdbot.json': {
        ...access(),
        agents: {
          defaults: { model: 'anthropic/claude-test' },
          list: [
            { id: 'home', default: true },
            { id: 'work', workspace: '~/projects' },
          ],
        },
        bindings: [
          { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'dm', id: '8' } } },
        ],
        session: { dmScope: 'per-channel-peer', mainKey: 'talk' },
      },
      'clawd/SOUL.md': 'A soul from before.',
      'clawd/memory/2026-02-03.md': 'It rained.',
      'projects/AGENTS.md': 'Work on projects.',
      '.clawdbot/agents/home/agent/auth-profiles.json': {
        version: 1,
        profiles: {
          'anthropic:default': { type: 'api_key', provider: 'anthropic', key: 'fake-home-key' },
        },
        lastGood: { anthropic: 'anthropic:default' },
      },
      '.clawdbot/agents/work/agent/auth-profiles.json': { anthropic: 'fake-work-key' },
      '.clawdbot/agents/home/sessions/sessions.json': {
        'agent:home:main': { sessionId: 's-main', updatedAt: 1_770_000_000_000 },
        'agent:home:telegram:dm:7': { sessionId: 's-seven', updatedAt: 1_770_000_000_000 },
        'agent:home:cron:nightly': { sessionId: 's-cron', updatedAt: 1 },
        'agent:home:telegram:group:-100:topic:3': {
          sessionId: 's-room',
          updatedAt: 2,
          sessionFile: '/elsewhere/agents/home/sessions/s-room-topic-3.jsonl',
        },
        'agent:home:discord:channel:77': { sessionId: 's-gone', updatedAt: 3 },
        'agent:stranger:main': { sessionId: 's-main', updatedAt: 3 },
      },
      '.clawdbot/agents/home/sessions/s-main.jsonl': transcript('s-main', [
        { role: 'user', text: 'Remember the blue door.' },
        { role: 'assistant', text: 'I shall.' },
      ]),
      '.clawdbot/agents/home/sessions/s-seven.jsonl': `${transcript('s-seven', [
        { role: 'user', text: 'My cat is called Minka.' },
        { role: 'assistant', text: 'A fine name, Minka.' },
      ])}{"type":"message","id":"half`,
      '.clawdbot/agents/home/sessions/s-room-topic-3.jsonl': transcript('s-room', [
        { role: 'user', text: 'In the room.' },
      ]),
      '.clawdbot/agents/home/sessions/s-older.jsonl': transcript('s-older', []),
      '.clawdbot/credentials/whatsapp/default/creds.json': '{}',
      '.clawdbot/cron/jobs.json': '[]',
      '.clawdbot/agents/gone/sessions/sessions.json': {
        'agent:gone:main': { sessionId: 's', updatedAt: 1 },
      },
    })
  }

  it('takes over config, workspaces, keys and conversations, and the next answer knows them', async () => {
    await clawdbot()
    const before = await snapshot(installation.directory)
    const report = await importFrom('clawdbot')
    expect(outcomes(report)).toEqual([
      'workspace home ~/state/workspace imported',
      'credentials home ~/state/agents/home/agent/auth-profiles.json imported',
      'workspace work ~/state/workspace-work imported',
      'credentials work ~/state/agents/work/agent/auth-profiles.json imported',
      'session gone agent:gone:main left',
      'session home agent:home:cron:nightly left',
      'session home agent:home:discord:channel:77 left',
      'session stranger agent:stranger:main left',
      'session home ~/.clawdbot/agents/home/sessions left',
      'session home agent:home:telegram:group:-100:topic:3 imported',
      'session home agent:home:telegram:dm:7 imported',
      'session home agent:home:talk imported',
      'file ~/.clawdbot/credentials/whatsapp/default left',
      'file ~/.clawdbot/cron/jobs.json left',
      'config ~/state/junctor.json imported',
    ])
    expect(report.skipped).toEqual([
      {
        file: home('.clawdbot', 'agents', 'home', 'sessions', 's-seven.jsonl'),
        line: 4,
        reason: 'is no JSON object',
      },
    ])
    // Theirs is as it was.
    const after = await snapshot(installation.directory)
    expect(Object.keys(before).filter((path) => after[path] !== before[path])).toEqual([])
    expect(report.things.at(-1)?.note).toMatch(/ lists 2 settings that mean something else here/)
    // Ours has places of its own.
    const config = await readFile(state('junctor.json'), 'utf8')
    expect(config).not.toContain('projects')
    expect((await stat(state('junctor.json'))).mode & 0o077).toBe(0)
    expect(await readFile(state('workspace', 'memory', '2026-02-03.md'), 'utf8')).toBe('It rained.')
    expect(await readFile(state('workspace-work', 'AGENTS.md'), 'utf8')).toBe('Work on projects.')
    const keys = state('agents', 'work', 'agent', 'auth-profiles.json')
    expect(JSON.parse(await readFile(keys, 'utf8'))).toMatchObject({
      version: 1,
      profiles: { 'anthropic:default': { provider: 'anthropic' } },
    })
    expect((await stat(keys)).mode & 0o077).toBe(0)

    const shown = (await installation.json(
      'sessions',
      'show',
      'agent:home:talk',
      '--json',
    )) as object[]
    expect(shown).toMatchObject([
      { role: 'user', parts: [{ text: 'Remember the blue door.' }], at: 1_770_105_660_000 },
      { role: 'assistant' },
    ])
    const gateway = await installation.start()
    const asked = await askModel('What is she called?', 7, 'fake-home-key')
    expect(asked).toContain('My cat is called Minka.')
    expect(asked).toContain('A soul from before.')
    expect(asked).not.toContain('blue door')
    await gateway.stop()
  })

  it('imports nothing twice, and says so', async () => {
    await clawdbot()
    await importFrom('clawdbot')
    const before = await snapshot(installation.stateDir)
    const seven = home('.clawdbot', 'agents', 'home', 'sessions', 's-seven.jsonl')
    await writeFile(
      seven,
      transcript('s-seven', [
        { role: 'user', text: 'My cat is called Minka.' },
        { role: 'assistant', text: 'A fine name, Minka.' },
        { role: 'user', text: 'She is five.' },
      ]),
    )
    const { stdout, code } = await installation.run('import', 'clawdbot')
    expect(code).toBe(0)
    expect(stdout).toContain('Imported 0 from Clawdbot; 8 there already, 7 left, 0 failed.\n')
    expect(stdout).toContain(
      `present   session of home  agent:home:telegram:dm:7: from agent:home:telegram:dm:7, imported before, without 1 message that came since\n`,
    )
    expect(stdout).toContain(`present   config  ${state('junctor.json')}\n`)
    const after = await snapshot(installation.stateDir)
    const text = Object.keys(before).filter((path) => !/sqlite|lock/.test(path))
    expect(text.filter((path) => after[path] !== before[path])).toEqual([])
    expect(
      await installation.json('sessions', 'show', 'agent:home:telegram:dm:7', '--json'),
    ).toHaveLength(2)
  })

  it('says in a dry run what it would do, and changes nothing', async () => {
    await clawdbot()
    const { stdout, code } = await installation.run('import', 'clawdbot', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toContain(
      `would import  workspace of home  ${state('workspace')}: 2 files, from ${home('clawd')}\n`,
    )
    expect(stdout).toContain(
      'would import  session of home  agent:home:telegram:dm:7: 2 messages, 1 line not understood, from agent:home:telegram:dm:7\n',
    )
    expect(stdout).toContain('Would import 8 from Clawdbot')
    expect(stdout).not.toContain('fake-')
    expect(existsSync(installation.stateDir)).toBe(false)
  })

  it('leaves workspaces where they are while their config is the one in force', async () => {
    await clawdbot()
    const path = home('.clawdbot', 'clawdbot.json')
    const before = await readFile(path, 'utf8')
    const inForce = await createInstallation(undefined, {
      JUNCTOR_CONFIG_PATH: path,
      JUNCTOR_STATE_DIR: installation.stateDir,
      HOME: installation.directory,
    })
    try {
      const report = (await inForce.json('import', 'clawdbot', '--json')) as Report
      expect(outcomes(report)).toEqual(
        expect.arrayContaining([
          'workspace home ~/clawd present',
          'workspace work ~/projects present',
          'session home agent:home:talk imported',
          'config ~/.clawdbot/clawdbot.json present',
        ]),
      )
      expect(await readFile(path, 'utf8')).toBe(before)
    } finally {
      await inForce.close()
    }
  })

  it('can be limited to one agent', async () => {
    await clawdbot()
    const report = await importFrom('clawdbot', '--agent', 'work')
    expect(outcomes(report)).toEqual([
      'workspace work ~/state/workspace-work imported',
      'credentials work ~/state/agents/work/agent/auth-profiles.json imported',
      'config ~/state/junctor.json imported',
    ])
    const wrong = await installation.run('import', 'clawdbot', '--agent', 'nobody')
    expect(wrong).toMatchObject({ code: 3, stderr: 'Clawdbot has no agent "nobody".\n' })
  })

  it('leaves what is ours as it is, and says what ours lacks', async () => {
    await clawdbot()
    const ownKeys =
      '{ "version": 1, "profiles": { "anthropic:own": { "type": "api_key", "provider": "anthropic", "key": "fake-own-key" } } }'
    await writeTree(installation.stateDir, {
      'junctor.json': {
        ...access(),
        agents: { list: [{ id: 'home', model: 'anthropic/claude-test' }] },
      },
      'workspace/SOUL.md': 'Our own soul.',
      'agents/home/agent/auth-profiles.json': ownKeys,
    })
    const gateway = await installation.start()
    expect(await askModel('Hello there', 7, 'fake-own-key')).toContain('Our own soul.')
    const running = await installation.run('import', 'clawdbot')
    expect(running.code).toBe(1)
    expect(running.stderr).toMatch(/Process \d+ runs a gateway on .*state\. Stop it/)
    expect(await importFrom('clawdbot', '--dry-run')).toMatchObject({ things: expect.anything() })
    await gateway.stop()

    const { things } = await importFrom('clawdbot')
    const about = (name: string): readonly object[] => things.filter((thing) => thing.name === name)
    expect(about(state('workspace', 'SOUL.md'))).toMatchObject([
      { outcome: 'present', note: 'theirs is another one and was not taken' },
    ])
    expect(about('agent:home:telegram:dm:7')).toMatchObject([
      { outcome: 'present', note: expect.stringContaining('a conversation of ours already') },
    ])
    expect(about(home('.clawdbot', 'clawdbot.json'))).toMatchObject([
      { note: 'ours has no agent work: `junctor agents add work` adds it' },
      { note: expect.stringContaining('ours lacks 1 of its bindings') },
    ])
    expect(await readFile(state('workspace', 'SOUL.md'), 'utf8')).toBe('Our own soul.')
    expect(await readFile(state('workspace', 'memory', '2026-02-03.md'), 'utf8')).toBe('It rained.')
    expect(await readFile(state('agents', 'home', 'agent', 'auth-profiles.json'), 'utf8')).toBe(
      ownKeys,
    )
    expect(existsSync(state('workspace-work'))).toBe(false)
  })

  it('finishes what an earlier run did not come to', async () => {
    await clawdbot()
    await importFrom('clawdbot')
    // As if it had been cut: no config yet, one workspace in part, one conversation missing.
    await rm(state('junctor.json'))
    await rm(state('workspace', 'memory'), { recursive: true })
    await rm(state('agents', 'home', 'sessions'), { recursive: true })
    const report = await importFrom('clawdbot')
    expect(outcomes(report)).toEqual(
      expect.arrayContaining([
        'workspace home ~/state/workspace imported',
        'workspace work ~/state/workspace-work present',
        'credentials home ~/state/agents/home/agent/auth-profiles.json present',
        'session home agent:home:talk imported',
        'config ~/state/junctor.json imported',
      ]),
    )
  })

  it('follows no link out of their folders', async () => {
    await clawdbot()
    await writeFile(home('secret.txt'), 'not for agents')
    await symlink(home('secret.txt'), home('clawd', 'notes.md'))
    const sessions = home('.clawdbot', 'agents', 'home', 'sessions')
    await rm(join(sessions, 's-main.jsonl'))
    await writeFile(home('stolen.jsonl'), transcript('s-main', [{ role: 'user', text: 'stolen' }]))
    await symlink(home('stolen.jsonl'), join(sessions, 's-main.jsonl'))
    const keys = home('.clawdbot', 'agents', 'work', 'agent', 'auth-profiles.json')
    await rm(keys)
    await symlink(home('secret.txt'), keys)
    const report = await importFrom('clawdbot')
    expect(outcomes(report)).toEqual(
      expect.arrayContaining([
        'file home ~/clawd/notes.md left',
        'session home agent:home:main left',
        'credentials work ~/.clawdbot/agents/work/agent/auth-profiles.json left',
      ]),
    )
    expect(existsSync(state('workspace', 'notes.md'))).toBe(false)
  })
})

describe('what cannot be read', () => {
  it('fails by itself, and makes the exit code 1', async () => {
    await writeTree(home('.openclaw'), {
      'openclaw.json': {
        ...access(),
        agents: { list: [{ id: 'main', model: 'anthropic/claude-test' }] },
      },
      'workspace/SOUL.md': 'Open.',
      'agents/main/sessions/sessions.json': {
        'agent:main:main': { sessionId: 'folder', updatedAt: 1 },
        'agent:main:telegram:direct:7': { sessionId: 'fine', updatedAt: 1 },
      },
      'agents/main/sessions/folder.jsonl/no-file': '',
      'agents/main/sessions/fine.jsonl': transcript('fine', [{ role: 'user', text: 'Fine.' }]),
      'sessions/sessions.json': '{ "half',
    })
    const { stdout, code } = await installation.run('import', 'openclaw')
    expect(code).toBe(1)
    expect(stdout).toContain('failed    session of main  agent:main:main: ')
    expect(stdout).toContain(
      `failed    session of main  ${home('.openclaw', 'sessions', 'sessions.json')}: it cannot be read: `,
    )
    expect(stdout).toContain('imported  session of main  agent:main:telegram:dm:7: 1 message, from')
    expect(stdout).toContain('Imported 3 from OpenClaw; 0 there already, 0 left, 2 failed.\n')
  })
})

describe('import of OpenSoul', () => {
  it('reads the oldest layout, and a copy from another machine', async () => {
    await writeTree(home('backup', '.opensoul'), {
      'opensoul.json': `{
        // one agent
        agents: { defaults: { model: 'anthropic/claude-test' } },
        gateway: { port: 0 },
        session: { dmScope: 'per-channel-peer' },
        channels: { telegram: { dmPolicy: 'open', allowFrom: ['*'], botToken: '${token}', apiRoot: '${platform.url}' } },
        models: { providers: { anthropic: { baseUrl: '${models.baseUrl('anthropic')}', apiKey: 'fake-key' } } },
      }`,
      'workspace/SOUL.md': 'The one soul.',
      'sessions/sessions.json': {
        main: { sessionId: 'old-1', updatedAt: 20 },
        'agent:main:main': { sessionId: 'older', updatedAt: 10 },
        'telegram:7': { sessionId: 'old-2', updatedAt: 30 },
        global: { sessionId: 'old-3', updatedAt: 5 },
      },
      'sessions/old-1.jsonl': oldTranscript('old-1', [{ role: 'user', text: 'First words.' }]),
      'sessions/older.jsonl': oldTranscript('older', [{ role: 'user', text: 'Before that.' }]),
      'sessions/old-2.jsonl': oldTranscript('old-2', [
        { role: 'user', text: 'I live in Graz.' },
        { role: 'assistant', text: 'A green town.' },
      ]),
    })
    const report = await importFrom('opensoul', '--from', home('backup', '.opensoul'))
    expect(outcomes(report)).toEqual([
      'workspace main ~/state/workspace imported',
      'session main global left',
      'session main agent:main:main left',
      'session main agent:main:main imported',
      'session main agent:main:telegram:dm:7 imported',
      'config ~/state/junctor.json imported',
    ])
    expect(await readFile(state('junctor.json'), 'utf8')).toContain('// one agent')
    const gateway = await installation.start()
    const asked = await askModel('Where do I live?', 7)
    expect(asked).toContain('I live in Graz.')
    expect(asked).toContain('The one soul.')
    await gateway.stop()
  })

  it('is refused where there is nothing, or a config with errors', async () => {
    const nothing = await installation.run('import', 'opensoul')
    expect(nothing.code).toBe(3)
    expect(nothing.stderr).toContain('There is nothing of OpenSoul: neither')
    expect((await installation.run('import', 'penguin')).code).toBe(2)
    await writeTree(installation.directory, {
      '.opensoul/opensoul.json': '{ agents: { lst: [] } }',
    })
    const broken = await installation.run('import', 'opensoul')
    expect(broken.code).toBe(1)
    // The whole command works as it is printed, in a home that has no folder of ours yet.
    expect(broken.stderr).toContain(`mkdir -p ${installation.stateDir} && `)
    expect(broken.stderr).toContain('config migrate --flavour opensoul')
    expect(existsSync(installation.stateDir)).toBe(false)
  })
})

describe('import of ArgentOS', () => {
  it('takes over agents of the map form, one conversation for each person', async () => {
    await writeTree(home('.argentos'), {
      'argent.json': {
        ...access(),
        agents: {
          main: { model: 'anthropic/claude-test' },
          kitchen: { model: 'anthropic/claude-test' },
        },
        bindings: [{ agentId: 'kitchen', match: { channel: 'telegram', accountId: '*' } }],
        session: { dmScope: 'per-peer', identityLinks: { Anna: ['telegram:7', 'discord:70'] } },
      },
      'workspace-kitchen/AGENTS.md': 'Cook.',
      'agents/main/agent/auth-profiles.json': {
        version: 1,
        profiles: {
          'anthropic:pool': { type: 'api_key', provider: 'anthropic', key: { $file: 'pool.key' } },
        },
      },
      'agents/main/agent/pool.key': 'fake-pool-key\n',
      'agents/kitchen/sessions/sessions.json': {
        'agent:kitchen:dm:anna': { sessionId: 'k-1', updatedAt: 20 },
      },
      'agents/kitchen/sessions/k-1.jsonl': transcript('k-1', [
        { role: 'user', text: 'No nuts for me.' },
        { role: 'assistant', text: 'Noted: no nuts.' },
      ]),
    })
    const report = await importFrom('argentos')
    expect(outcomes(report)).toEqual([
      'workspace main ~/.argentos/workspace left',
      'credentials main ~/state/agents/main/agent/auth-profiles.json imported',
      'workspace kitchen ~/state/workspace-kitchen imported',
      'credentials ~/state/auth-profiles.json imported',
      'session kitchen agent:kitchen:person:Anna imported',
      'config ~/state/junctor.json imported',
    ])
    const gateway = await installation.start()
    expect(await askModel('What can I eat?', 7, 'fake-pool-key')).toContain('No nuts for me.')
    await gateway.stop()
  })

  it.each([
    ['one for all agents', '~/kept/all.json', ['kept/all.json']],
    ['one for each', '~/kept/{agentId}/s.json', ['kept/main/s.json', 'kept/kitchen/s.json']],
  ])('finds sessions where its config keeps them: %s', async (_about, store, indexes) => {
    await writeTree(installation.directory, {
      '.argentos/argent.json': {
        agents: { list: [{ id: 'main' }, { id: 'kitchen' }] },
        session: { store },
      },
      ...Object.fromEntries(
        indexes.map((path) => [
          path,
          {
            'agent:main:main': { sessionId: 'm', updatedAt: 1 },
            'agent:kitchen:main': { sessionId: 'k', updatedAt: 2 },
          },
        ]),
      ),
      ...Object.fromEntries(
        indexes.flatMap((path) =>
          ['m', 'k'].map((id) => [
            join(path, '..', `${id}.jsonl`),
            oldTranscript(id, [{ role: 'user', text: id }]),
          ]),
        ),
      ),
    })
    const imported = outcomes(await importFrom('argentos')).filter((line) =>
      line.endsWith('imported'),
    )
    expect(imported).toEqual([
      'session main agent:main:main imported',
      'session kitchen agent:kitchen:main imported',
      'config ~/state/junctor.json imported',
    ])
  })

  it('leaves a workspace that holds our own state', async () => {
    await writeTree(home('.argentos'), {
      'argent.json': { agents: { list: [{ id: 'main', workspace: '~' }] } },
    })
    await mkdir(home('empty'))
    await cp(home('empty'), state(), { recursive: true })
    const { things } = await importFrom('argentos')
    expect(things[0]).toMatchObject({
      kind: 'workspace',
      outcome: 'left',
      note: expect.stringContaining('itself'),
    })
  })
})
