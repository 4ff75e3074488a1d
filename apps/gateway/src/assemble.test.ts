import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig, type Config } from '@junctor/config'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createDiscordServer } from '@junctor/testkit/discord'
import { createModelServer } from '@junctor/testkit/models'
import { createSlackServer } from '@junctor/testkit/slack'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { expect, it } from 'vitest'
import { assembleGateway } from './assemble.ts'
import { createWorkbenches } from './workbenches.ts'

it('asks the models of the config that names them, also while a reload is under way', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-assemble-'))
  const token = '1:fake-token-of-the-bot'
  const [platform, models] = await Promise.all([
    createTelegramServer({ bots: [{ token, username: 'the_bot' }] }),
    createModelServer(),
  ])
  const sockets = new Set<Socket>()
  const mute = createServer((socket) => sockets.add(socket))
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const store = openSqliteStore({ stateDir })
  const configOf = (model: string, providers: object, more: object = {}): Config => {
    const account = { botToken: token, apiRoot: platform.url, dmPolicy: 'open' }
    const text = JSON.stringify({
      agents: { list: [{ id: 'home', model }] },
      session: { dmScope: 'per-channel-peer' },
      models: { providers },
      channels: { web: { enabled: false }, telegram: { accounts: { a: account, ...more } } },
    })
    const result = parseConfig(text, { home: stateDir, stateDir })
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    return result.config
  }
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const gateway = assembleGateway({
    config: configOf('demo/junctor', {}),
    store,
    env: {},
    log: silent,
    packageFolders: [stateDir],
    workbenches: createWorkbenches(stateDir),
    stateDir,
  })
  models.respond(() => ({ text: 'from the new provider' }))
  await gateway.start()
  try {
    // The account that is added gets no answer, so that the reload takes its time.
    const { port } = mute.address() as AddressInfo
    const waits = { botToken: '2:fake-token-of-no-bot', apiRoot: `http://127.0.0.1:${port}` }
    const anthropic = { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' }
    let isReloaded = false
    const reloading = gateway
      .reload(configOf('anthropic/claude-test', { anthropic }, { b: waits }))
      .then(() => (isReloaded = true))
    const bot = platform.bot(token)
    bot.say({ chat: 5, text: 'hello' })
    await platform.waitFor(() => bot.messages(5).length > 1)
    expect(bot.messages(5).at(-1)?.text).toBe('from the new provider')
    expect(isReloaded).toBe(false)
    for (const socket of sockets) socket.destroy()
    await reloading
  } finally {
    await gateway.stop({ graceMs: 100 })
    await store.close()
    mute.close()
    for (const socket of sockets) socket.destroy()
    await Promise.all([platform.stop(), models.close()])
    await rm(stateDir, { recursive: true, force: true })
  }
})

it('has Slack built in, with the tokens of the environment', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-assemble-'))
  const [botToken, appToken] = ['xoxb-fake-token', 'xapp-fake-token']
  const server = await createSlackServer({ workspaces: [{ botToken, appToken }] })
  const store = openSqliteStore({ stateDir })
  const slack = { apiRoot: server.url, dmPolicy: 'open' }
  const text = JSON.stringify({
    agents: { list: [{ id: 'home', model: 'demo/junctor' }] },
    session: { dmScope: 'per-channel-peer' },
    channels: { web: { enabled: false }, slack },
  })
  const env = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken }
  const parsed = parseConfig(text, { home: stateDir, stateDir, env })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const { config } = parsed
  const gateway = assembleGateway({
    config,
    store,
    env: {},
    log,
    packageFolders: [stateDir],
    workbenches: createWorkbenches(stateDir),
    stateDir,
  })
  await gateway.start()
  try {
    const workspace = server.workspace(botToken)
    workspace.say({ channel: 'U5', text: 'hello' })
    const isAnswered = (): boolean => workspace.messages('U5').length > 1
    await server.waitFor(isAnswered, { timeoutMs: 20_000 })
    expect(workspace.messages('U5').at(-1)?.text).toContain('[demo model]')
  } finally {
    await gateway.stop({ graceMs: 100 })
    await store.close()
    await server.stop()
    await rm(stateDir, { recursive: true, force: true })
  }
})

it('opens Discord for a config that names it, with the token of the environment', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-assemble-'))
  const token = 'fake-token-of-the-bot'
  const platform = await createDiscordServer({ bots: [{ token, username: 'the_bot' }] })
  const env = { DISCORD_BOT_TOKEN: token }
  const text = JSON.stringify({
    agents: { list: [{ id: 'home', model: 'demo/junctor' }] },
    session: { dmScope: 'per-channel-peer' },
    channels: { web: { enabled: false }, discord: { apiRoot: platform.url, dmPolicy: 'open' } },
  })
  const parsed = parseConfig(text, { home: stateDir, stateDir, env })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const store = openSqliteStore({ stateDir })
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const gateway = assembleGateway({
    config: parsed.config,
    store,
    env,
    log,
    packageFolders: [],
    workbenches: createWorkbenches(stateDir),
    stateDir,
  })
  await gateway.start()
  try {
    const direct = platform.bot(token).directChannel(7)
    platform.say({ channel: direct, text: 'hello' })
    await platform.waitFor(() => platform.messages(direct).length > 1)
    expect(platform.messages(direct).at(-1)?.text).toContain('[demo model]')
  } finally {
    await gateway.stop({ graceMs: 100 })
    await store.close()
    await platform.stop()
    await rm(stateDir, { recursive: true, force: true })
  }
})
