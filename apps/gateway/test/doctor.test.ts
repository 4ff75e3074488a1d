import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { createRegistrationBook } from '@junctor/gateway'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createTelegramServer } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CliContext } from '../src/context.ts'
import { examine } from '../src/doctor/examine.ts'
import { describeFinding, type Finding } from '../src/doctor/finding.ts'
import { checkDisk, checkNode } from '../src/doctor/machine.ts'
import { checkPackages } from '../src/doctor/packages.ts'
import { loadConfig } from '../src/load-config.ts'
import { createInstallation } from './installation.ts'

const token = '1000:fake-token-for-the-doctor'
let directory: string
let stateDir: string
let configPath: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'junctor-doctor-'))
  stateDir = join(directory, 'state')
  configPath = join(directory, 'junctor.json')
  await mkdir(stateDir, { mode: 0o700 })
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(directory, { recursive: true, force: true })
})

function contextOf(): CliContext {
  const nothing = (): void => {}
  return {
    version: '0.0.0',
    command: 'junctor',
    env: { JUNCTOR_CONFIG_PATH: configPath, JUNCTOR_STATE_DIR: stateDir },
    home: directory,
    isTerminal: false,
    write: nothing,
    writeError: nothing,
    print: nothing,
    error: nothing,
  }
}

async function writeConfig(config: string | object): Promise<void> {
  const text = typeof config === 'string' ? config : JSON.stringify(config, undefined, 2)
  await writeFile(configPath, text, { mode: 0o600 })
}

/** What is wrong, and of what kind. */
async function findingsOf(
  config: string | object,
  ...codes: readonly Finding['code'][]
): Promise<readonly Finding[]> {
  await writeConfig(config)
  const { ok, findings } = await examine(contextOf())
  const found = findings.filter(({ code, severity }) => codes.includes(code) && severity !== 'ok')
  expect(ok).toBe(!findings.some(({ severity }) => severity === 'error'))
  for (const finding of findings) expect(describeFinding(finding)).not.toContain(token)
  return found
}

const free = { gateway: { port: 0 } }

describe('doctor', () => {
  it('finds nothing wrong with a new installation, and leaves nothing behind', async () => {
    await writeConfig(free)
    const { ok, findings } = await examine(contextOf())
    expect(findings.filter(({ severity }) => severity !== 'ok')).toEqual([])
    expect(ok).toBe(true)
    expect(findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'CONFIG',
        'NODE_VERSION',
        'DISK_SPACE',
        'DIRECTORY',
        'MODEL',
        'STORE',
        'PORT',
      ]),
    )
    expect(await readdir(directory, { recursive: true })).toEqual(['junctor.json', 'state'])
  })

  it('says when there is no config', async () => {
    const { findings } = await examine(contextOf())
    expect(findings[0]).toMatchObject({
      severity: 'ok',
      code: 'CONFIG',
      message: `${configPath} is empty or not there, and the defaults apply`,
    })
  })

  it('tells the problems of a file with the rule, the place, the text and the fix, and the rest', async () => {
    await writeConfig(
      "{\n  gateway: { prot: 1 },\n  bindings: [ { agentId: 'main', match: { channel: 'webb' } } ],\n}",
    )
    const { ok, findings } = await examine(contextOf())
    expect(ok).toBe(false)
    expect(findings[0]).toEqual({
      severity: 'error',
      code: 'UNKNOWN_KEY',
      subject: 'config',
      message: 'unknown key "prot"',
      path: 'gateway.prot',
      file: configPath,
      line: 2,
      column: 14,
      hint: 'did you mean "port"?',
      excerpt: 'gateway: { prot: 1 },\n           ^',
    })
    expect(findings[1]).toMatchObject({ severity: 'warning', code: 'UNKNOWN_CHANNEL', line: 3 })
    expect(findings.slice(2).map(({ code }) => code)).toEqual([
      'NODE_VERSION',
      'DISK_SPACE',
      'DIRECTORY',
    ])
  })

  it('finds directories that cannot be made', async () => {
    await writeFile(join(directory, 'file'), '')
    const list = [
      { id: 'a', workspace: join(directory, 'file', 'deep', 'er') },
      { id: 'b', agentDir: '/proc/junctor/agent' },
    ]
    const found = await findingsOf({ ...free, agents: { list } }, 'DIRECTORY')
    expect(found).toEqual([
      expect.objectContaining({
        subject: 'workspace of a',
        path: 'agents.list[0].workspace',
        line: 9,
        message: expect.stringMatching(/file\/deep\/er cannot be written: .*\/file takes no files/),
      }),
      expect.objectContaining({ subject: 'agentDir of b', path: 'agents.list[1].agentDir' }),
    ])
  })

  it('finds files with secrets that others may read, and a state directory that is open', async () => {
    const bot = join(directory, 'bot.txt')
    const { telegram } = { telegram: { botToken: { $file: 'bot.txt' }, allowFrom: ['1'] } }
    const models = { providers: { openai: { apiKey: 'sk-fake-key-in-the-file' } } }
    await writeFile(bot, token, { mode: 0o600 })
    await writeFile(join(stateDir, 'gateway.token'), 'x', { mode: 0o600 })
    const config = {
      ...free,
      channels: { telegram },
      models,
      agents: { defaults: { model: 'openai/x' } },
    }
    expect(await findingsOf(config, 'PERMISSIONS')).toEqual([])
    const agentDir = join(stateDir, 'agents', 'main', 'agent')
    await mkdir(agentDir, { recursive: true })
    await writeFile(join(agentDir, 'auth-profiles.json'), '{}', { mode: 0o644 })
    await chmod(bot, 0o640)
    await chmod(configPath, 0o644)
    await chmod(stateDir, 0o755)
    await chmod(join(stateDir, 'gateway.token'), 0o604)
    const found = await findingsOf(config, 'PERMISSIONS')
    expect(found.map(({ severity, message, hint }) => [severity, message, hint])).toEqual([
      ['warning', `${stateDir} is open to everybody on this machine`, `chmod 700 ${stateDir}`],
      [
        'error',
        `${stateDir}/gateway.token is open to everybody on this machine`,
        `chmod 600 ${stateDir}/gateway.token`,
      ],
      [
        'error',
        `${agentDir}/auth-profiles.json is open to everybody on this machine`,
        `chmod 600 ${agentDir}/auth-profiles.json`,
      ],
      ['error', `${configPath} is open to everybody on this machine`, `chmod 600 ${configPath}`],
      ['error', `${bot} is open to its group`, `chmod 600 ${bot}`],
    ])
  })

  it('names accounts that lack a token or share one, and never a token', async () => {
    const accounts = { a: { botToken: token }, b: { botToken: token }, c: {} }
    const config = { ...free, channels: { telegram: { allowFrom: ['1'], accounts } } }
    const found = await findingsOf(config, 'DUPLICATE_SECRET', 'MISSING_SECRET')
    expect(found.map(({ path, message }) => [path, message])).toEqual([
      ['channels.telegram.accounts.b', 'the accounts "a" and "b" have one botToken'],
      ['channels.telegram.accounts.c', 'the account "c" has no botToken'],
    ])
    const off = { ...free, channels: { telegram: { enabled: false } } }
    expect(await findingsOf(off, 'CREDENTIAL')).toMatchObject([
      { subject: 'account telegram/default', message: 'is switched off', severity: 'warning' },
    ])
  })

  it('finds agents whose models cannot be asked', async () => {
    const model = { primary: 'anthropic/claude', fallbacks: ['nobody/knows'] }
    const found = await findingsOf({ ...free, agents: { list: [{ id: 'a', model }] } }, 'MODEL')
    expect(found).toMatchObject([
      {
        severity: 'error',
        subject: 'model of a',
        path: 'agents.list[0].model',
        message: expect.stringContaining('no usable credentials'),
      },
      { severity: 'warning', subject: 'fallback model of a' },
    ])
  })

  it('finds Docker that does not answer, for agents that ask for a sandbox', async () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:1')
    const list = [{ id: 'a', sandbox: { mode: 'all' } }, { id: 'b' }]
    const found = await findingsOf({ ...free, agents: { list } }, 'DOCKER')
    expect(found).toMatchObject([
      {
        severity: 'error',
        subject: 'sandbox of a',
        path: 'agents.list[0].sandbox',
        message: expect.stringMatching(/ECONNREFUSED.*Start Docker/),
      },
    ])
  })

  it('finds an image that is not there', async ({ skip }) => {
    const sandbox = { mode: 'all', docker: { image: 'junctor.invalid/none:1' } }
    const found = await findingsOf({ ...free, agents: { list: [{ id: 'a', sandbox }] } }, 'DOCKER')
    if (found[0]?.message.includes('container engine') === true) skip('no Docker here')
    expect(found).toMatchObject([
      {
        message: expect.stringContaining('is not on this machine'),
        hint: 'docker pull junctor.invalid/none:1',
      },
    ])
  })

  it('finds bindings that no message reaches, and says so once', async () => {
    const match = { channel: 'web' }
    const bindings = [
      { agentId: 'main', match },
      { agentId: 'main', match, comment: 'late' },
    ]
    await writeConfig({ ...free, bindings })
    const { findings } = await examine(contextOf())
    expect(findings.filter(({ path }) => path?.startsWith('bindings') === true)).toMatchObject([
      {
        severity: 'warning',
        code: 'SHADOWED_BINDING',
        path: 'bindings[1]',
        message: expect.stringContaining('never win: bindings[0] in line 6 already catches'),
      },
    ])
  })

  it('finds two agents in one directory behind links', async () => {
    await mkdir(join(directory, 'real'))
    await symlink(join(directory, 'real'), join(directory, 'link'))
    const list = [
      { id: 'a', agentDir: join(directory, 'real', 'x'), workspace: join(directory, 'real') },
      { id: 'b', agentDir: join(directory, 'link', 'x'), workspace: join(directory, 'link') },
    ]
    const found = await findingsOf(
      { ...free, agents: { list } },
      'DUPLICATE_AGENT_DIR',
      'SHARED_WORKSPACE',
    )
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([
      ['DUPLICATE_AGENT_DIR', 'error'],
      ['SHARED_WORKSPACE', 'warning'],
    ])
  })

  it('finds people who share a main session by the config', async () => {
    const telegram = { botToken: token, allowFrom: ['1', '2'] }
    const config = { ...free, session: { dmScope: 'main' }, channels: { telegram } }
    expect(await findingsOf(config, 'SHARED_SESSION')).toMatchObject([
      {
        severity: 'warning',
        path: 'session.dmScope',
        message: 'may be shared by telegram:1, telegram:2: each reads what the others write',
      },
    ])
    const linked = { dmScope: 'main', identityLinks: { ada: ['telegram:1', 'telegram:2'] } }
    expect(await findingsOf({ ...config, session: linked }, 'SHARED_SESSION')).toEqual([])
  })

  it('finds a port that another program has', async () => {
    const server: Server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const found = await findingsOf({ gateway: { port } }, 'PORT')
    expect(found).toMatchObject([
      {
        severity: 'error',
        path: 'gateway.port',
        message: `another program listens on 127.0.0.1:${port}`,
      },
    ])
    await new Promise((resolve) => server.close(resolve))
    expect(await findingsOf({ gateway: { port } }, 'PORT')).toEqual([])
    const elsewhere = { gateway: { port: 0, host: '192.0.2.1' } }
    expect(
      await findingsOf({ gateway: { ...elsewhere.gateway, port: 1_025 } }, 'PORT'),
    ).toMatchObject([{ path: 'gateway.host', message: expect.stringContaining('EADDRNOTAVAIL') }])
  })

  it('finds runtime agents and bindings that were set aside', async () => {
    const store = openSqliteStore({ stateDir })
    const binding = { id: 'bind_1', agentId: 'gone', match: { channel: 'web' } }
    await createRegistrationBook(store).put({
      kind: 'binding',
      id: 'bind_1',
      binding,
      createdAt: 1,
    })
    await store.close()
    expect(await findingsOf(free, 'SET_ASIDE')).toMatchObject([
      {
        severity: 'warning',
        subject: 'runtime binding bind_1',
        message: expect.stringContaining('there is no agent "gone"'),
      },
    ])
  })

  it.each([
    [
      'is no database',
      async (path: string) => writeFile(path, 'x'.repeat(4_096), { mode: 0o600 }),
      /is not a readable database/,
    ],
    [
      'is of a later version',
      async (path: string) => {
        const store = openSqliteStore({ stateDir })
        await store.gateway.table('x').put('a', 1)
        await store.close()
        const database = new DatabaseSync(path)
        database.exec('PRAGMA user_version = 999')
        database.close()
      },
      /999/,
    ],
  ])('finds a store that %s', async (_, spoil, message) => {
    await spoil(join(stateDir, 'gateway.sqlite'))
    expect(await findingsOf(free, 'STORE')).toMatchObject([
      { severity: 'error', message: expect.stringMatching(message) },
    ])
  })

  it('finds packages of channels that are not installed', async () => {
    const config = {
      ...free,
      channels: { whatsapp: {}, irc: { package: 'no-such-channel-package' } },
    }
    expect(await findingsOf(config, 'CHANNEL_PACKAGE')).toMatchObject([
      {
        subject: 'channel irc',
        path: 'channels.irc',
        hint: `npm install --prefix ${stateDir} no-such-channel-package`,
      },
    ])
    const loaded = await loadConfig(contextOf())
    const here = pathToFileURL(join(directory, 'x.js')).href
    expect(checkPackages({ ...loaded, env: {} }, here)[0]).toMatchObject({
      severity: 'error',
      subject: 'channel whatsapp',
      message: 'needs the package @whiskeysockets/baileys, which is not installed',
    })
  })

  it('finds a disk with little room, and an old Node', async () => {
    expect(await checkDisk(join(stateDir, 'not', 'yet'), Number.MAX_SAFE_INTEGER)).toMatchObject([
      { severity: 'warning', code: 'DISK_SPACE' },
    ])
    expect(checkNode('22.9.0')).toMatchObject([
      { severity: 'error', message: 'version 22.9.0 is too old' },
    ])
  })

  it('knows the gateway of its own, and people whom it has seen in one conversation', async () => {
    const platform = await createTelegramServer({ bots: [{ token, username: 'one_bot' }] })
    const telegram = { botToken: token, apiRoot: platform.url, allowFrom: ['7', '8'] }
    const installation = await createInstallation({
      ...free,
      session: { dmScope: 'main' },
      channels: { telegram },
    })
    try {
      const gateway = await installation.start()
      const bot = platform.bot(token)
      for (const chat of [7, 8]) {
        bot.say({ chat, text: 'hello' })
        await platform.waitFor(
          () => bot.messages(chat).some(({ message }) => message.from?.is_bot === true),
          { timeoutMs: 30_000 },
        )
      }
      const { stdout } = await installation.run('doctor', '--json')
      const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] }
      expect(findings).toContainEqual(
        expect.objectContaining({
          code: 'SHARED_SESSION',
          message: 'telegram:7, telegram:8 have written in one conversation of late',
        }),
      )
      expect(findings.find(({ code }) => code === 'PORT')).toMatchObject({
        severity: 'ok',
        message: 'the gateway of this state directory is running',
      })
      await gateway.stop()
    } finally {
      await installation.close()
      await platform.stop()
    }
  })
})
