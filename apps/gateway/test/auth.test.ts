import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const good = 'fake-good-key-00000001'
const bad = 'fake-bad-key-000000002'

let server: ModelServer
let installation: Installation

beforeEach(async () => {
  server = await createModelServer({ apiKeys: [good] })
  installation = await createInstallation(
    {
      models: { providers: { anthropic: { baseUrl: server.baseUrl('anthropic') } } },
      agents: {
        list: [{ id: 'home', model: 'anthropic/claude-test', default: true }, { id: 'work' }],
      },
    },
    { A_KEY: good },
  )
})

afterEach(async () => {
  await installation.close()
  await server.close()
})

const profilesOf = (agentId: string): string =>
  join(installation.stateDir, 'agents', agentId, 'agent', 'auth-profiles.json')

describe('auth add', () => {
  it('takes a key from standard input, keeps it for its owner alone, and shows its end alone', async () => {
    const { code, stdout, stderr } = await installation.pipe(
      `${good}\n`,
      'auth',
      'add',
      '--agent',
      'home',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(
      `Profile anthropic:default (…0001) of agent home is added: ${profilesOf('home')}\nIt is used from the next call on, by a running gateway too.\n`,
    )
    expect((await stat(profilesOf('home'))).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(profilesOf('home'), 'utf8'))).toEqual({
      version: 1,
      profiles: { 'anthropic:default': { type: 'api_key', provider: 'anthropic', key: good } },
    })
  })

  it('takes one from the environment, and keeps what else is in the file', async () => {
    await mkdir(dirname(profilesOf('work')), { recursive: true })
    const old = { openai: { access: 'fake-access-token', refresh: 'r', scope: 'x' } }
    await writeFile(profilesOf('work'), JSON.stringify(old), { mode: 0o644 })
    const type = ['--type', 'token', '--expires', '2030-01-01T00:00Z', '--email', 'me@example.com']
    const named = ['--provider', 'anthropic', '--profile', 'anthropic:work']
    const args = ['auth', 'add', '--agent', 'work', ...named, ...type, '--env', 'A_KEY']
    const { stdout } = await installation.run(...args)
    expect(stdout).toContain('Agent work asks demo/junctor: write model: "anthropic/<name>"')
    expect((await stat(profilesOf('work'))).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(profilesOf('work'), 'utf8')).profiles).toEqual({
      'openai:default': {
        provider: 'openai',
        access: 'fake-access-token',
        refresh: 'r',
        scope: 'x',
      },
      'anthropic:work': {
        type: 'token',
        provider: 'anthropic',
        token: good,
        expires: Date.UTC(2030, 0, 1),
        email: 'me@example.com',
      },
    })
    expect(await installation.json(...args, '--json')).toMatchObject({
      outcome: 'replaced',
      state: 'ok',
    })
  })

  it.each([
    [['auth', 'add', '--agent', 'home', bad], 'not taken from the command line'],
    [['auth', 'add', '--agent', 'home', '--key', bad], 'not taken from the command line'],
    [['auth', 'add', '--agent', 'home', `--key=${bad}`], 'not taken from the command line'],
    [['auth', 'add', '--agent', 'home'], 'The key is blank.'],
    [['auth', 'add', '--agent', 'home', '--env', 'NO_KEY'], '"NO_KEY" is not set'],
    [['auth', 'add'], 'Say whose credentials'],
    [['auth', 'add', '--agent', 'home', '--shared'], 'Say whose credentials'],
    [['auth', 'add', '--shared', '--env', 'A_KEY'], 'Say which provider'],
  ])('refuses %j and writes nothing', async (args, message) => {
    const { code, stdout, stderr } = await installation.run(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stdout + stderr).not.toContain(bad)
    await expect(stat(profilesOf('home'))).rejects.toThrow('ENOENT')
  })

  it('refuses an agent that there is not, and a file that is none', async () => {
    const missing = await installation.run('auth', 'add', '--agent', 'nobody', '--env', 'A_KEY')
    expect(missing).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('agents.list has home, work'),
    })
    await mkdir(dirname(profilesOf('home')), { recursive: true })
    await writeFile(profilesOf('home'), `{ "profiles": ${bad}`)
    const broken = await installation.run('auth', 'add', '--agent', 'home', '--env', 'A_KEY')
    expect(broken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it is no JSON object'),
    })
    expect(broken.stderr).not.toContain(bad)
    expect(await readFile(profilesOf('home'), 'utf8')).toContain(bad)
  })
})

describe('auth list, test and remove', () => {
  it('show what there is, try it, and take it away', async () => {
    await installation.pipe(good, 'auth', 'add', '--agent', 'home')
    await installation.pipe(bad, 'auth', 'add', '--agent', 'home', '--profile', 'anthropic:spare')
    await installation.pipe(good, 'auth', 'add', '--shared', '--provider', 'openai')

    const tested = await installation.run('auth', 'test', '--agent', 'home')
    expect(tested.code).toBe(1)
    expect(tested.stdout).toMatch(
      /✓ anthropic:default: anthropic\/claude-test takes it\n✗ anthropic:spare: .*401.*the profile "anthropic:spare" in/,
    )
    const listed = await installation.run('auth', 'list')
    expect(listed.stdout).toContain(`agent home (${profilesOf('home')}, scope not written)`)
    expect(listed.stdout).toMatch(/anthropic:default +anthropic +api_key +…0001 +ok/)
    expect(listed.stdout).toMatch(/anthropic:spare +anthropic +api_key +…0002 +not used: .*401/)
    expect(listed.stdout).toMatch(/agent work .*\n +none/)
    expect(listed.stdout).toMatch(/the installation .*\n +openai:default/)
    const json = await installation.json('auth', 'list', '--agent', 'home', '--json')
    expect(json).toMatchObject([{ state: 'ok' }, { state: 'disabled', profile: 'anthropic:spare' }])
    const all = tested.stdout + tested.stderr + listed.stdout + JSON.stringify(json)
    expect(all).not.toMatch(/fake-(?:good|bad)-key/)

    // What is mended is used again.
    await installation.pipe(good, 'auth', 'add', '--agent', 'home', '--profile', 'anthropic:spare')
    expect((await installation.run('auth', 'test', '--agent', 'home')).code).toBe(0)
    const nobody = await installation.run('auth', 'test', '--shared')
    expect(nobody.stdout).toContain('no model that is asked here is of openai')
    const removed = await installation.run('auth', 'remove', '--agent', 'home', 'anthropic:spare')
    expect(removed.stdout).toContain('is removed')
    expect(await readFile(profilesOf('home'), 'utf8')).not.toContain('spare')
    const again = await installation.run('auth', 'remove', '--agent', 'home', 'anthropic:spare')
    expect(again).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('it has anthropic:default'),
    })
  })
})

describe('a running gateway', () => {
  const startWithBot = async (changes: object = {}) => {
    const botToken = '1000:fake-token-of-the-bot'
    const platform = await createTelegramServer({
      bots: [{ token: botToken, username: 'key_bot' }],
    })
    onTestFinished(() => platform.stop())
    const config = JSON.parse(await readFile(installation.configPath, 'utf8'))
    await installation.writeConfig({
      ...config,
      gateway: { port: 0 },
      session: { dmScope: 'per-peer' },
      channels: { telegram: { dmPolicy: 'open', botToken, apiRoot: platform.url } },
      ...changes,
    })
    const gateway = await installation.start()
    const bot = platform.bot(botToken)
    const answered = (text: string): Promise<unknown> =>
      platform.waitFor(
        () =>
          bot
            .messages(7)
            .some(
              ({ message, text: said }) => message.from?.is_bot === true && said.includes(text),
            ),
        { timeoutMs: 30_000 },
      )
    return { gateway, bot, answered }
  }

  it(
    'uses a key from the moment that it is there, and says whose',
    { timeout: 90_000 },
    async () => {
      const { gateway, bot, answered } = await startWithBot()
      expect(gateway.output()).toContain('auth add --agent home --provider anthropic')
      bot.say({ chat: 7, text: 'Hello' })
      await answered('my model has no valid key')

      await installation.pipe(bad, 'auth', 'add', '--agent', 'home')
      await installation.pipe(
        good,
        'auth',
        'add',
        '--agent',
        'home',
        '--profile',
        'anthropic:spare',
      )
      server.reply({ text: 'Good morning' })
      bot.say({ chat: 7, text: 'And now?' })
      await answered('Good morning')
      const asked = bot.messages(7).findLast(({ message }) => message.from?.is_bot !== true)
      const why = await installation.run('why', String(asked?.message.message_id))
      expect(why.stdout).toContain('profile anthropic:default was refused')
      expect(why.stdout).toContain('anthropic/claude-test was called with profile anthropic:spare')
      const status = await installation.run('status')
      expect(status.stdout).toMatch(/home +anthropic:default +not used: .*401/)
      expect(status.stdout).toMatch(/home +anthropic:spare +ok/)
      const { stdout, stderr } = await gateway.stop()
      expect(stdout + stderr + why.stdout + status.stdout).not.toMatch(/fake-(?:good|bad)-key/)
    },
  )

  it(
    'asks a fallback model when every profile of the first has refused, with a profile of its own',
    { timeout: 90_000 },
    async () => {
      const baseUrl = server.baseUrl('anthropic')
      const { bot, answered } = await startWithBot({
        models: { providers: { anthropic: { baseUrl }, other: { baseUrl, api: 'anthropic' } } },
        agents: {
          list: [
            { id: 'home', model: { primary: 'anthropic/first', fallbacks: ['other/second'] } },
          ],
        },
      })
      const add = (key: string, profile: string) =>
        installation.pipe(key, 'auth', 'add', '--agent', 'home', '--profile', profile)
      await add(bad, 'anthropic:a')
      await add(`${bad}-too`, 'anthropic:b')
      await add(good, 'other:c')
      server.respond(({ model }) => ({ text: `this is ${model}` }))
      bot.say({ chat: 7, text: 'Hello' })
      await answered('this is second')
      const asked = bot.messages(7).find(({ message }) => message.from?.is_bot !== true)
      const { stdout } = await installation.run('why', String(asked?.message.message_id))
      for (const told of [
        'profile anthropic:a was refused',
        'profile anthropic:b was refused',
        'anthropic/first failed, and other/second was asked',
        'other/second was called with profile other:c',
      ])
        expect(stdout).toContain(told)
    },
  )
})
