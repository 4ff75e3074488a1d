import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Status } from '@junctor/api'
import { ensureTestImage } from '@junctor/testkit/docker'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const found = await ensureTestImage()
const token = '1000:fake-token-of-the-family-bot'
const room = -100200300

let platform: TelegramServer
let models: ModelServer
let bot: TelegramBot
let installation: Installation

beforeEach(async (context) => {
  if ('missing' in found) return context.skip(found.missing)
  platform = await createTelegramServer({ bots: [{ token, username: 'family_bot' }] })
  models = await createModelServer()
  bot = platform.bot(token)
  installation = await createInstallation(familyConfig())
})
afterEach(async () => {
  if ('missing' in found) return
  await installation.run('sandbox', 'recreate', '--all')
  await installation.close()
  await Promise.all([platform.stop(), models.close()])
})

/** The family bot as people write it: one room, mention gated, sandboxed, with lists of what it may and may not. */
function familyConfig(
  changes: { readonly sandbox?: object; readonly more?: readonly object[] } = {},
): object {
  return {
    gateway: { port: 0 },
    agents: {
      defaults: { model: 'anthropic/claude-test' },
      list: [
        { id: 'home', default: true },
        {
          id: 'family',
          name: 'Family',
          identity: { name: 'Family Bot' },
          sandbox: {
            mode: 'all',
            scope: 'agent',
            docker: {
              image: 'image' in found ? found.image : '',
              memory: '64m',
              pidsLimit: 64,
              setupCommand: 'echo made >> /workspace/made',
            },
            ...changes.sandbox,
          },
          tools: {
            allow: ['exec', 'read', 'sessions_list', 'sessions_history', 'session_status'],
            deny: ['write', 'edit', 'apply_patch', 'browser', 'canvas', 'nodes', 'cron'],
          },
        },
        ...(changes.more ?? []),
      ],
    },
    bindings: [
      {
        agentId: 'family',
        match: { channel: 'telegram', peer: { kind: 'group', id: String(room) } },
      },
    ],
    session: { dmScope: 'per-peer' },
    channels: {
      telegram: {
        botToken: token,
        apiRoot: platform.url,
        dmPolicy: 'open',
        groupPolicy: 'allowlist',
        groups: { [room]: { requireMention: true } },
      },
    },
    models: {
      providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
    },
  }
}

let asked = 0

/** What the agent of a chat gets from one tool call, and which tools it was offered. */
async function call(
  name: string,
  input: { readonly [key: string]: string | number },
  chat = room,
): Promise<{ readonly output: string; readonly offered: readonly string[] }> {
  let offered: readonly string[] = []
  let output = ''
  models.respond(({ toolResults, toolNames }) => {
    offered = toolNames
    const [result] = toolResults
    if (result === undefined) return { tools: [{ name, input }] }
    output = result.output
    return { text: `done ${asked}` }
  })
  asked += 1
  const done = `done ${asked}`
  bot.say({ chat, text: '@family_bot please' })
  await platform.waitFor(() => bot.messages(chat).some(({ text }) => text === done), {
    timeoutMs: 60_000,
  })
  return { output, offered }
}

/** Those in which agents work, without the ones that are only tried at the start. */
const containers = async (): Promise<readonly string[]> =>
  ((await installation.json('sandbox', 'list', '--json')) as readonly { agentId: string }[])
    .map(({ agentId }) => agentId)
    .filter((agentId) => agentId !== 'probe')

describe('the family bot', () => {
  it('runs commands in its container, and is neither offered nor given what it is denied', async () => {
    await installation.start()
    const ran = await call('exec', { command: 'cat made; hostname; id -u' })
    expect(ran.output).toMatch(/^made\n[0-9a-f]{12}\n1000\n\[exit code 0\]$/)
    expect(ran.offered.toSorted()).toEqual([
      'exec',
      'read',
      'session_status',
      'sessions_history',
      'sessions_list',
    ])
    const denied = await call('write', { path: 'x', content: 'x' })
    expect(denied.output).toMatch(/^The tool "write" is denied to this agent \(.*deny "write"\)/)
    expect((await call('exec', { command: 'cat made' })).output).toContain('made\n[exit')
  }, 90_000)

  it('reaches no network, sees no host, and is stopped at its limits', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    let visits = 0
    server.on('connection', () => (visits += 1))
    await writeFile(join(installation.directory, 'secret.txt'), 'of the host')
    await installation.start()
    const { port } = server.address() as AddressInfo
    const out = await call('exec', {
      command: `nc -w 1 127.0.0.1 ${port} </dev/null; cat ${installation.directory}/secret.txt; ls ${installation.stateDir}`,
    })
    expect(out.output).not.toContain('of the host')
    expect(out.output).not.toContain('agents')
    expect(visits).toBe(0)
    const hog = await call('exec', { command: 'x=a; while :; do x=$x$x; done', yieldMs: 100_000 })
    expect(hog.output).toContain('memory limit of 64 MiB')
    const bomb = await call('exec', {
      command: 'bomb() { bomb | bomb & wait; }; bomb; exit 1',
      yieldMs: 100_000,
    })
    expect(bomb.output).toContain('limit of 64 processes')
    await new Promise((resolve) => server.close(resolve))
  }, 120_000)

  it('has its sandbox tried at the start, before anybody writes to it', async () => {
    await installation.start()
    const triedNow = async () =>
      ((await installation.json('status', '--json')) as Status).sandboxes?.tried ?? []
    await vi.waitUntil(async () => (await triedNow()).length > 0, { timeout: 60_000 })
    const [tried, ...others] = await triedNow()
    expect(others).toEqual([])
    expect(tried?.agentId).toBe('family')
    expect(tried?.attested).toHaveLength(10)
    expect(tried?.attested.filter(({ holds }) => !holds)).toEqual([])
    expect(tried?.attested).toContainEqual({
      what: 'the network is off',
      holds: true,
      found: 'none',
    })
    const { stdout } = await installation.run('status')
    expect(stdout).toContain('tried: 10 of 10 checks hold')
  }, 90_000)

  it('has its sandbox tried anew when an edit changes it', async () => {
    const right = familyConfig()
    const wrong = JSON.stringify(right).replace(
      /"image":"[^"]*"/,
      '"image":"junctor-test/missing:1"',
    )
    await installation.writeConfig(wrong)
    await installation.start()
    const sandboxes = async () =>
      ((await installation.json('status', '--json')) as Status).sandboxes
    await vi.waitUntil(async () => (await sandboxes())?.problem !== undefined, { timeout: 60_000 })
    expect((await sandboxes())?.problem).toContain('docker pull junctor-test/missing:1')
    await installation.writeConfig(right)
    await vi.waitUntil(async () => (await sandboxes())?.problem === undefined, { timeout: 60_000 })
    expect((await sandboxes())?.tried.map(({ agentId }) => agentId)).toEqual(['family'])
  }, 150_000)

  it('tells with the status that its container was tried and holds', async () => {
    await installation.start()
    await call('exec', { command: 'true' })
    const { sandboxes } = (await installation.json('status', '--json')) as Status
    expect(sandboxes?.problem).toBeUndefined()
    const [state] = sandboxes?.list ?? []
    expect(state).toMatchObject({ agentId: 'family', scope: 'agent', isRunning: true })
    expect(state?.attested.filter(({ holds }) => holds).length).toBe(10)
    const listed = await installation.run('sandbox', 'list')
    expect(listed.stdout).toContain(state?.name)
    const status = await installation.run('status')
    expect(status.stdout).toContain('10 of 10 checks hold')
    expect(await installation.json('sandbox', 'recreate', '--agent', 'family', '--json')).toEqual([
      state?.name,
    ])
    expect((await call('exec', { command: 'cat made' })).output).toBe('made\nmade\n[exit code 0]')
  }, 90_000)
})

describe('two sandboxed agents', () => {
  const second = -100200301
  const withTwo = (scope: string): object => {
    const { bindings, channels, agents, ...config } = familyConfig({ sandbox: { scope } }) as {
      readonly bindings: readonly object[]
      readonly channels: { readonly telegram: object }
      readonly agents: { readonly defaults: object; readonly list: readonly object[] }
    }
    const [home, family] = agents.list
    const docker = { image: 'image' in found ? found.image : '' }
    const sandbox = { mode: 'all', scope, docker }
    return {
      ...config,
      agents: {
        defaults: { ...agents.defaults, sandbox: { docker } },
        list: [home, { ...family, sandbox }, { id: 'school', sandbox }],
      },
      bindings: [
        ...bindings,
        {
          agentId: 'school',
          match: { channel: 'telegram', peer: { kind: 'group', id: String(second) } },
        },
      ],
      channels: { telegram: { ...channels.telegram, groups: { '*': { requireMention: true } } } },
    }
  }

  it.each([
    ['agent', 2],
    ['shared', 1],
  ])(
    'have with scope "%s" %i container(s)',
    async (scope, count) => {
      await installation.writeConfig(withTwo(scope))
      await installation.start()
      await call('exec', { command: 'true' })
      await call('exec', { command: 'true' }, second)
      expect(await containers()).toHaveLength(count)
    },
    120_000,
  )
})

it('refuses the tools of a sandboxed agent without Docker, says so, and answers all the same', async () => {
  await installation.start({ env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })
  const { output } = await call('exec', { command: 'hostname' })
  expect(output).toContain('The sandbox cannot be used')
  expect(output).toContain('Start Docker')
  const { sandboxes } = (await installation.json('status', '--json')) as Status
  expect(sandboxes?.problem).toContain('agent family: The sandbox cannot be used')
}, 60_000)

it('explains where the tools of an agent run', async () => {
  const inside = await installation.run('sandbox', 'explain', '--agent', 'family')
  expect(inside.stdout).toContain('run in a container (sandbox.mode is "all")')
  expect(inside.stdout).toMatch(/write +denied +agents.family.tools: deny "write"/)
  // Also of tools that hang on the config and on the gateway.
  expect(inside.stdout).toMatch(/web_fetch +denied +agents.family.tools: not in allow/)
  expect(inside.stdout).toMatch(/cron +denied +agents.family.tools: deny "cron"/)
  const outside = await installation.run('sandbox', 'explain', '--agent', 'home')
  expect(outside.stdout).toContain('run on this machine')
  expect(await installation.run('sandbox', 'explain', '--agent', 'nobody')).toMatchObject({
    code: 3,
  })
  expect(await installation.run('sandbox', 'recreate')).toMatchObject({ code: 2 })
})
