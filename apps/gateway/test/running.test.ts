import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Status } from '@junctor/api'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatsOf, type Chats } from './chats.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const token = '1000:fake-token-of-a-running-gateway'
const badToken = '2000:fake-token-that-is-refused'
const apiKey = 'planted-key-of-the-model-4f1b'

describe('a running gateway', () => {
  let platform: TelegramServer
  let models: ModelServer
  let bot: TelegramBot
  let installation: Installation
  let gateway: RunningGateway

  const configWith = (more: object = {}): object => ({
    gateway: { port: 0 },
    agents: { list: [{ id: 'home', model: 'anthropic/claude-test' }] },
    session: { dmScope: 'per-peer' },
    channels: {
      web: {},
      telegram: {
        dmPolicy: 'open',
        apiRoot: platform.url,
        accounts: { default: { botToken: token }, wrong: { botToken: badToken } },
      },
    },
    models: { providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey } } },
    ...more,
  })
  const twoAgents = (bindings: readonly object[]): object =>
    configWith({
      agents: {
        list: ['home', 'work'].map((id) => ({ id, model: 'anthropic/claude-test' })),
      },
      bindings,
    })
  const toWork = { agentId: 'work', match: { channel: 'telegram', accountId: '*' } }

  const answersIn: Chats['answersIn'] = (chat) => chatsOf(platform, token).answersIn(chat)
  const untilAnswers = async (chat: number, count: number): Promise<readonly string[]> => {
    await platform.waitFor(() => answersIn(chat).length >= count, { timeoutMs: 20_000 })
    return answersIn(chat)
  }
  const status = async (): Promise<Status> =>
    (await installation.json('status', '--json')) as Status
  const untilLogged = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(gateway.output()))
      await new Promise((resolve) => gateway.process.stderr?.once('data', resolve))
  }

  beforeEach(async () => {
    platform = await createTelegramServer({ bots: [{ token, username: 'run_bot' }] })
    models = await createModelServer()
    models.respond(({ system, lastUserText }) => ({
      text: `${/agent id: (\w+)/.exec(system ?? '')?.[1]}: ${lastUserText}`,
    }))
    bot = platform.bot(token)
    installation = await createInstallation(configWith())
    gateway = await installation.start()
  })
  afterEach(async () => {
    await installation.close()
    await Promise.all([platform.stop(), models.close()])
  })

  it('takes edited bindings and new agents for the next message, and keeps sessions', async () => {
    bot.say({ chat: 7, text: 'one' })
    expect(await untilAnswers(7, 1)).toEqual(['home: one'])
    await installation.writeConfig(twoAgents([toWork]))
    await untilLogged(/config reloaded: .*added agent work/)
    bot.say({ chat: 7, text: 'two' })
    expect(await untilAnswers(7, 2)).toEqual(['home: one', 'work: two'])
    await installation.writeConfig(twoAgents([]))
    await untilLogged(/config reloaded: [^\n]*removed bindings\[0\] \(telegram\/\* to work\)/)
    bot.say({ chat: 7, text: 'three' })
    expect((await untilAnswers(7, 3))[2]).toBe('home: three')
    // The session of before: its history went along.
    expect(JSON.stringify(models.requests.at(-1)?.body)).toContain('home: one')
  })

  it('lets a running turn end by the config that it began with', async () => {
    models.reply({ text: 'home: slow answer', chunkSize: 2, chunkDelayMs: 100 })
    bot.say({ chat: 7, text: 'slow' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'slow')
    await installation.writeConfig(twoAgents([toWork]))
    await untilLogged(/config reloaded/)
    bot.say({ chat: 7, text: 'next' })
    await platform.waitFor(() => answersIn(7).includes('work: next'), { timeoutMs: 20_000 })
    await platform.waitFor(() => answersIn(7).includes('home: slow answer'), { timeoutMs: 20_000 })
    expect(answersIn(7)).toHaveLength(2)
  })

  it('keeps the last good config under an invalid edit, and says why until it is mended', async () => {
    await installation.writeConfig('{\n  agents: { list: [ {{ ] },\n}')
    await untilLogged(/the edited config is not in force/)
    expect((await status()).config.problem).toMatch(/junctor\.json:2:\d+ {2}error/)
    expect((await installation.run('status')).stdout).toContain(
      'the file was edited and is not in force',
    )
    bot.say({ chat: 7, text: 'still there?' })
    expect(await untilAnswers(7, 1)).toEqual(['home: still there?'])
    await installation.writeConfig(twoAgents([]))
    await untilLogged(/config reloaded/)
    expect((await status()).config.problem).toBeUndefined()
  })

  it('takes edits of included files and of secret files', async () => {
    const write = (name: string, text: string): Promise<void> =>
      writeFile(join(installation.directory, name), text)
    await write('agents.json5', `{ list: [{ id: 'home', model: 'anthropic/claude-test' }] }`)
    await write('key', 'fake-key-of-yesterday')
    const anthropic = { baseUrl: models.baseUrl('anthropic'), apiKey: { $file: 'key' } }
    await installation.writeConfig(
      configWith({
        agents: { $include: './agents.json5' },
        models: { providers: { anthropic } },
      }),
    )
    await untilLogged(/config reloaded: changed models: providers/)
    await write('agents.json5', `{ list: [{ id: 'work', model: 'anthropic/claude-test' }] }`)
    await untilLogged(/config reloaded: added agent work; removed agent home/)
    await write('key', 'fake-key-of-today')
    await untilLogged(/removed agent home[^]*config reloaded: changed models: providers/)
    bot.say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(7, 1)).toEqual(['work: hello'])
    expect(models.requests.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer fake-key-of-today',
    })
    await write('agents.json5', `{\n list: [{ id: 'work', modle: 'x' }] }`)
    await untilLogged(/not in force/)
    expect((await status()).config.problem).toMatch(
      /^\S+agents\.json5:2:23 {2}error {2}agents\.list\[0\]\.modle: unknown key "modle"; did you mean "model"\? {2}\[UNKNOWN_KEY\]\n/,
    )
  })

  it('keeps what is in force when its config becomes empty or goes away', async () => {
    await installation.writeConfig('\n')
    await untilLogged(/not in force/)
    expect((await status()).config.problem).toMatch(/junctor\.json is empty or gone/)
    bot.say({ chat: 7, text: 'still there?' })
    expect(await untilAnswers(7, 1)).toEqual(['home: still there?'])
  })

  it('answers through an agent that was added by the command line meanwhile', async () => {
    const model = ['--model', 'anthropic/claude-test']
    await installation.json('agents', 'add', 'sales', ...model, '--bind', 'telegram', '--json')
    await untilLogged(/added agent sales/)
    const workspace = join(installation.stateDir, 'workspace-sales', 'SOUL.md')
    expect(await readFile(workspace, 'utf8')).toContain('Who sales is')
    bot.say({ chat: 7, text: 'hello' })
    expect(await untilAnswers(7, 1)).toEqual(['sales: hello'])
  })

  it('shows an account that Telegram refuses as disabled, and the others as online', async () => {
    const { channels } = await status()
    const states = channels.map(({ channel, accountId, state }) => [channel, accountId, state])
    expect(states).toContainEqual(['telegram', 'default', 'online'])
    expect(states).toContainEqual(['telegram', 'wrong', 'disabled'])
    expect((await installation.run('status')).stdout).toContain('set the `botToken`')
  })

  it('finishes a running turn before it stops', async () => {
    models.reply({ text: 'home: slow answer', chunkSize: 4, chunkDelayMs: 150 })
    bot.say({ chat: 7, text: 'slow' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'slow')
    expect((await gateway.stop()).code).toBe(0)
    expect(answersIn(7)).toEqual(['home: slow answer'])
  })

  it('hands back a turn that takes too long, and answers it once after the restart', async () => {
    models.reply({ text: 'never seen', fault: { kind: 'stall', afterEvents: 2 } })
    bot.say({ chat: 7, text: 'slow' })
    await models.waitFor(({ lastUserText }) => lastUserText === 'slow')
    bot.say({ chat: 7, text: 'after it' })
    expect((await gateway.stop()).code).toBe(0)
    expect(answersIn(7)).toEqual([])
    gateway = await installation.start()
    expect(await untilAnswers(7, 2)).toEqual(['home: slow', 'home: after it'])
    await gateway.stop()
    expect(bot.countCalls('sendMessage')).toBe(2)
  })

  it('never prints or stores a secret: not the tokens, not the key, not on errors', async () => {
    models.faults.add({ on: '*', kind: 'unauthorized' })
    bot.say({ chat: 7, text: 'hello' })
    const [told] = await untilAnswers(7, 1)
    const id = /why (msg_\w+)/.exec(told ?? '')?.[1] ?? ''
    await installation.writeConfig(configWith({ unknownKey: apiKey }))
    await untilLogged(/not in force/)
    const printed = await Promise.all(
      [
        ['why', id],
        ['why', id, '--json'],
        ['status', '--json'],
        ['doctor'],
        ['config', 'validate'],
        ['agents', 'list', '--json'],
        ['sessions', 'list', '--json'],
      ].map((args) => installation.run(...args)),
    )
    await gateway.stop()
    const all = [gateway.output(), ...printed.flatMap(({ stdout, stderr }) => [stdout, stderr])]
    for (const secret of [token, badToken, apiKey])
      for (const text of [...all, ...bot.messages(7).map((shown) => shown.text)])
        expect(text).not.toContain(secret)
    const entries = await readdir(installation.stateDir, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    expect(files.map(({ name }) => name)).toContain('gateway.sqlite')
    for (const { parentPath, name } of files) {
      const content = await readFile(join(parentPath, name))
      for (const secret of [token, badToken, apiKey])
        expect({ name, holds: content.includes(secret) }).toEqual({ name, holds: false })
    }
  })
})
