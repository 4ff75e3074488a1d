import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureTestImage } from '@junctor/testkit/docker'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const found = await ensureTestImage()
const image = 'image' in found ? found.image : ''
let installation: Installation
let programs: string

/** One skill of each kind, and a program that is on this machine and in no container. */
beforeEach(async () => {
  programs = await mkdtemp(join(tmpdir(), 'junctor-programs-'))
  const path = `${programs}:${process.env['PATH'] ?? ''}`
  installation = await createInstallation(undefined, { PATH: path })
  const { stateDir } = installation
  const skills: Readonly<Record<string, string>> = {
    always: skill('always'),
    host: skill('host', '{ requires: { bins: [only-on-host] } }'),
    missing: skill('missing', '{ requires: { bins: [no-such-program] } }'),
    any: skill('any', '{ openclaw: { requires: { anyBins: [no-such-program, sh] } } }'),
    env: skill('env', '{ requires: { env: [SOME_KEY] } }'),
    os: skill('os', '{ os: [plan9] }'),
    config: skill('config', '{ requires: { config: [browser.enabled] } }'),
    tool: skill('tool', '{ requires: { tools: [browser] } }'),
    secret: skill('secret'),
    disabled: skill('disabled'),
    malformed: '---\nname: malformed\ndescription: a: b\n---\n',
  }
  for (const [name, text] of Object.entries(skills))
    await write(join(stateDir, 'skills', name, 'SKILL.md'), text)
  await write(join(stateDir, 'workspace', 'skills', 'own', 'SKILL.md'), skill('always'))
  await write(join(programs, 'only-on-host'), '#!/bin/sh\n')
  await chmod(join(programs, 'only-on-host'), 0o755)
})
afterEach(async () => {
  if (image !== '') await installation.run('sandbox', 'recreate', '--all')
  await installation.close()
  await rm(programs, { recursive: true })
})

function skill(name: string, metadata = '{}'): string {
  return `---\nname: ${name}\ndescription: About ${name}\nmetadata: ${metadata}\n---\nThe way of ${name}.`
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

function config(sandbox: object, more: object = {}): object {
  return {
    gateway: { port: 0 },
    agents: {
      defaults: { model: 'anthropic/claude-test', sandbox },
      list: [{ id: 'home', tools: { deny: ['browser'] }, skills: { deny: ['sec*'] } }],
    },
    skills: { entries: { disabled: { enabled: false } } },
    ...more,
  }
}

interface Listed {
  readonly name: string
  readonly origin: string
  readonly usable: boolean
  readonly reasons: readonly { readonly text: string }[]
}

/** By origin and name: nothing where a skill is usable, else why it is not. */
async function listed(...args: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const all = ['skills', 'list', '--agent', 'home', '--json', ...args]
  const skills = (await installation.json(...all)) as readonly Listed[]
  for (const { usable, reasons } of skills) expect(usable).toBe(reasons.length === 0)
  return Object.fromEntries(
    skills.map(({ name, origin, reasons }) => [
      `${origin} ${name}`,
      reasons.map(({ text }) => text).join('; '),
    ]),
  )
}

const malformed = (): string =>
  `${join(installation.stateDir, 'skills/malformed/SKILL.md')}:3: Nested mappings are not allowed in compact mappings`

/** What holds wherever the agent works. */
const anywhere = (place: string): Readonly<Record<string, string>> => ({
  'workspace always': '',
  'shared always': 'the skill of this name in the workspace is used',
  'shared any': '',
  'shared missing': `the program "no-such-program" is not ${place}`,
  'shared env': 'the variable SOME_KEY is not set: give it in skills.entries.env.env',
  'shared config': 'the config has no browser.enabled, or it is false',
  'shared secret': 'the config denies it: agents.list[0].skills.deny has "sec*"',
  'shared disabled': 'the config denies it: skills.entries.disabled.enabled is false',
  'shared malformed': malformed(),
})

describe('skills list', () => {
  it('says for an agent on the host which skills it can use, and why not the others', async () => {
    await installation.writeConfig(config({}))
    expect(await listed()).toEqual({
      ...anywhere('on the host'),
      'shared host': '',
      'shared os': `it is for plan9, and commands run on ${process.platform}`,
      'shared tool':
        'it needs the tool "browser", which is denied (agents.home.tools: deny "browser")',
    })
    const { stdout, code } = await installation.run('skills', 'list', '--agent', 'home')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^usable +always +workspace +About always$/m)
    expect(stdout).toMatch(
      /^no +missing +shared\n +the program "no-such-program" is not on the host$/m,
    )
  })

  it('refuses what it does not know', async () => {
    await installation.writeConfig(config({}))
    expect(await installation.run('skills', 'list', '--agent', 'nobody')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('There is no agent "nobody"'),
    })
    expect(
      await installation.run('skills', 'list', '--agent', 'home', '--session', 'agent:other:main'),
    ).toMatchObject({ code: 2, stderr: expect.stringContaining('is no session of agent home') })
  })

  it('says so of programs where a sandbox cannot be had', async () => {
    await installation.writeConfig(config({ mode: 'all', docker: { image: 'no-such-image' } }))
    const { 'shared any': any, 'shared env': env } = await listed()
    expect(any).toContain('it cannot be had here: ')
    expect(env).toContain('SOME_KEY')
  })
})

describe('skills in a sandbox', () => {
  let platform: TelegramServer
  let models: ModelServer
  const token = '1000:fake-token-of-the-home-bot'
  beforeEach(async (context) => {
    if ('missing' in found) return context.skip(found.missing)
    platform = await createTelegramServer({ bots: [{ token, username: 'home_bot' }] })
    models = await createModelServer()
  })
  afterEach(async () => {
    if ('image' in found) await Promise.all([platform.stop(), models.close()])
  })

  it('are judged by what is in it', async () => {
    await installation.writeConfig(config({ mode: 'all', docker: { image } }))
    expect(await listed()).toEqual({
      ...anywhere('in the sandbox'),
      'shared host': 'the program "only-on-host" is not in the sandbox',
      'shared os': 'it is for plan9, and commands run on linux',
      'shared tool':
        'it needs the tool "browser", which is denied (agents.home.tools: deny "browser")',
    })
    await installation.writeConfig(config({ mode: 'all', scope: 'shared', docker: { image } }))
    expect((await listed())['workspace always']).toContain('other agents share the sandbox')
  })

  it.each(['none', 'ro', 'rw'])(
    'are read there, and cannot be written, with the workspace access %s',
    async (workspaceAccess) => {
      const channels = {
        telegram: {
          dmPolicy: 'open',
          accounts: { default: { botToken: token, apiRoot: platform.url } },
        },
      }
      const provider = { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' }
      await installation.writeConfig(
        config(
          { mode: 'all', workspaceAccess, docker: { image } },
          {
            channels,
            session: { dmScope: 'main' },
            models: { providers: { anthropic: provider } },
          },
        ),
      )
      const files: string[] = []
      models.respond(({ system, toolResults }) => {
        if (toolResults.length > 0)
          return { text: toolResults.map(({ output }) => output).join('\n') }
        files.push(
          ...[...system.matchAll(/^- (?:always|any) \((\S+)\)/gm)].map(([, file = '']) => file),
        )
        return {
          tools: [
            ...files.map((path) => ({ name: 'read', input: { path } })),
            {
              name: 'exec',
              input: {
                command: `cat /skills/any/SKILL.md; echo x >> /skills/any/SKILL.md; ls /skills; grep ' /skills ' /proc/mounts`,
              },
            },
          ],
        }
      })
      await installation.start()
      const bot = platform.bot(token)
      bot.say({ chat: 7, text: 'look' })
      const answer = (): string =>
        bot.messages(7).find(({ message }) => message.from?.is_bot === true)?.text ?? ''
      await platform.waitFor(() => answer() !== '')
      expect(files).toHaveLength(2)
      expect(answer()).toContain('The way of always.')
      expect(answer().match(/The way of any\./g)).toHaveLength(2)
      expect(answer()).toMatch(/can't create \/skills\/any\/SKILL\.md/)
      expect(answer()).toMatch(/ \/skills \S+ ro[, ]/)
      // What the agent may not use is not there.
      expect(answer()).not.toContain('secret')
    },
  )
})
