import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

/** A secret in every place that can hold one, each with a mark of its own. */
const planted = {
  profile: 'planted-profile-0123456789abcdef',
  spare: 'planted-spare-0123456789abcdef',
  shared: 'planted-shared-0123456789abcdef',
  literal: 'planted-literal-0123456789abcdef',
  fromEnv: 'planted-from-env-0123456789abcdef',
  fromFile: 'planted-from-file-0123456789abcdef',
  openai: 'planted-openai-0123456789abcdef',
  bot: '1000:planted-bot-0123456789abcdef',
  envBot: '2000:planted-env-bot-0123456789abcdef',
  fileBot: '3000:planted-file-bot-0123456789abcdef',
}
const marks = Object.values(planted)
const patience = { timeoutMs: 60_000 }

let models: ModelServer
let platform: TelegramServer
let installation: Installation
/** Everything that a process printed, or that was answered to a program or shown to a model. */
const seen: string[] = []

beforeAll(async () => {
  models = await createModelServer()
  platform = await createTelegramServer({
    bots: [planted.bot, planted.envBot, planted.fileBot].map((token, index) => ({
      token,
      username: `bot_${index}`,
    })),
  })
  installation = await createInstallation(undefined, {
    MY_KEY: planted.fromEnv,
    OPENAI_API_KEY: planted.openai,
    TWO_BOT_TOKEN: planted.envBot,
  })
  const { directory, stateDir } = installation
  await writeFile(join(directory, 'key.txt'), planted.fromFile, { mode: 0o600 })
  await writeFile(join(directory, 'bot.txt'), planted.fileBot, { mode: 0o600 })
  const provider = (apiKey: unknown) => ({
    baseUrl: models.baseUrl('anthropic'),
    api: 'anthropic',
    apiKey,
  })
  await installation.writeConfig({
    gateway: { port: 0 },
    auth: { scope: 'agent-then-shared' },
    models: {
      providers: {
        anthropic: { baseUrl: models.baseUrl('anthropic') },
        literal: provider(planted.literal),
        env: provider('${MY_KEY}'),
        file: provider({ $file: './key.txt' }),
      },
    },
    agents: {
      list: [
        { id: 'tools', model: 'anthropic/claude-test' },
        { id: 'apart', model: 'anthropic/claude-test', runtime: { isolation: 'process' } },
        {
          id: 'failing',
          model: { primary: 'anthropic/claude-test', fallbacks: ['literal/m', 'env/m', 'file/m'] },
        },
      ],
    },
    bindings: ['tools', 'apart', 'failing'].map((agentId, index) => ({
      agentId,
      match: { channel: 'telegram', accountId: ['one', 'two', 'three'][index] },
    })),
    session: { dmScope: 'per-account-channel-peer' },
    channels: {
      telegram: {
        dmPolicy: 'open',
        apiRoot: platform.url,
        accounts: {
          one: { botToken: planted.bot },
          two: { botToken: '${TWO_BOT_TOKEN}' },
          three: { botToken: { $file: './bot.txt' } },
        },
      },
    },
  })
  const profile = (key: string) => ({ type: 'api_key', provider: 'anthropic', key })
  for (const agentId of ['tools', 'apart', 'failing']) {
    const agentDir = join(stateDir, 'agents', agentId, 'agent')
    await mkdir(agentDir, { recursive: true, mode: 0o700 })
    const profiles = {
      'anthropic:a': profile(planted.profile),
      'anthropic:b': profile(planted.spare),
    }
    await writeFile(join(agentDir, 'auth-profiles.json'), JSON.stringify({ profiles }), {
      mode: 0o600,
    })
  }
  const shared = { profiles: { 'anthropic:s': profile(planted.shared) } }
  await writeFile(join(stateDir, 'auth-profiles.json'), JSON.stringify(shared), { mode: 0o600 })
})

afterAll(async () => {
  await installation.close()
  await Promise.all([platform.stop(), models.close()])
})

it(
  'keys are in no log, database, transcript, answer or result of a tool',
  { timeout: 240_000 },
  async () => {
    const { stateDir, directory, configPath } = installation
    const workspace = join(stateDir, 'workspace')
    await mkdir(workspace, { recursive: true })
    const secretFile = join(stateDir, 'agents', 'tools', 'agent', 'auth-profiles.json')
    await symlink(secretFile, join(workspace, 'innocent.txt'))
    const scripts = [
      'env; cat /proc/self/environ /proc/$PPID/environ; ps eww -A',
      `cat ${secretFile} ${join(stateDir, '*.json')} ${join(stateDir, 'gateway.token')} ${configPath}`,
      `cat ${join(directory, '*.txt')}; grep -ra planted ${stateDir}`,
      `for p in /proc/[0-9]*; do cat $p/environ 2>/dev/null; done | tr '\\0' '\\n' | grep -a planted`,
    ]
    const paths = [
      secretFile,
      'innocent.txt',
      '../agents/tools/agent/auth-profiles.json',
      '/proc/self/environ',
      configPath,
    ]
    const calls = [
      ...scripts.map((command) => ({ name: 'exec', input: { command } })),
      ...paths.map((path) => ({ name: 'read', input: { path } })),
    ]
    models.respond(({ system, toolResults, lastUserText, headers }) => {
      if (system.includes('agent id: failing')) {
        // A provider that repeats the key wherever it can.
        const key = String(headers.authorization).replace('Bearer ', '')
        const message = `your key ${key} ("${key}") is wrong`
        return {
          fault: { kind: 'refused', status: 401, message, code: key, headers: { 'x-key': key } },
        }
      }
      if (toolResults.length > 0 || lastUserText !== 'look')
        return { text: `heard ${lastUserText}` }
      return { tools: calls }
    })

    const bots = [planted.bot, planted.envBot, planted.fileBot].map((token) => platform.bot(token))
    const answered = (index: number, text: string): Promise<unknown> =>
      platform.waitFor(
        () => bots[index]?.messages(7).some(({ text: said }) => said.includes(text)) === true,
        patience,
      )
    const first = await installation.start()
    for (const [index, answer] of ['heard look', 'heard look', 'no valid key'].entries()) {
      bots[index]?.say({ chat: 7, text: 'look' })
      await answered(index, answer)
    }
    // It dies in the middle of work, and the next process goes on.
    bots[0]?.say({ chat: 7, text: 'crash' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'crash', patience)
    await first.kill()
    const firstOutput = first.output()
    const gateway = await installation.start({ args: ['--log-level', 'debug'] })
    bots[0]?.say({ chat: 7, text: 'back' })
    await answered(0, 'heard back')

    // What people and programs ask it.
    const token = (await readFile(join(stateDir, 'gateway.token'), 'utf8')).trim()
    for (const path of ['status', 'agents', 'pairing', 'nothing'])
      seen.push(
        await fetch(new URL(`/api/v1/${path}`, gateway.url), {
          headers: { authorization: `Bearer ${token}` },
        }).then((response) => response.text()),
      )
    const asked = bots.flatMap((bot) =>
      bot.messages(7).map(({ message }) => String(message.message_id)),
    )
    for (const args of [
      ['status'],
      ['doctor'],
      ['doctor', '--json'],
      ['config', 'validate', '--json'],
      ['config', 'path'],
      ['agents', 'list', '--bindings', '--json'],
      ['auth', 'list', '--json'],
      ['auth', 'test', '--agent', 'tools'],
      ['auth', 'test', '--agent', 'failing'],
      ['sessions', 'list', '--json'],
      ...[...new Set(asked)].map((id) => ['why', id, '--json']),
    ]) {
      const { stdout, stderr } = await installation.run(...args)
      seen.push(stdout, stderr)
    }
    // An edit that breaks the file is told with its line.
    const config = await readFile(configPath, 'utf8')
    await writeFile(
      configPath,
      config.replace('"literal":{', '"literal":{"apiKy":"planted-literal-0123456789abcdef",'),
    )
    await expect
      .poll(() => gateway.output(), { timeout: patience.timeoutMs })
      .toContain('not in force')
    await writeFile(configPath, config)
    const { stdout, stderr } = await gateway.stop()
    seen.push(stdout, stderr)

    // The story of a turn names the profile, also where another process ran it.
    for (const id of ['tools', 'apart'])
      expect(
        seen.some(
          (text) =>
            text.includes(`agent:${id}:`) && text.includes('called with profile anthropic:a'),
        ),
      ).toBe(true)

    // What the model was told: the results of the tools, the prompts, the whole conversation.
    const told = models.requests.map(({ body }) => JSON.stringify(body))
    expect(told.filter((body) => body.includes('[redacted]')).length).toBeGreaterThan(0)
    expect(
      told.some((body) => body.includes('OUTSIDE') || body.includes('outside of the workspace')),
    ).toBe(true)
    expect(leaksIn([...told, ...seen, firstOutput].join('\n'))).toEqual([])
    // The gateway's own is shown once, when it is made.
    expect([...told, ...seen].join('\n')).not.toContain(token)

    const keepers = new Set([
      configPath,
      join(directory, 'key.txt'),
      join(directory, 'bot.txt'),
      join(stateDir, 'auth-profiles.json'),
      ...['tools', 'apart', 'failing'].map((id) =>
        join(stateDir, 'agents', id, 'agent', 'auth-profiles.json'),
      ),
    ])
    const written = (await readdir(directory, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
    expect(written.some((path) => path.endsWith('sessions.sqlite'))).toBe(true)
    for (const path of written)
      if (!keepers.has(path))
        expect([path, ...leaksIn(await readFile(path, 'latin1'))]).toEqual([path])
  },
)

/** Which of the secrets stand in a text, or the part of one that nobody would write by chance. */
function leaksIn(text: string): readonly string[] {
  return marks.filter((mark) => text.includes(mark) || text.includes(mark.slice(0, -8)))
}
