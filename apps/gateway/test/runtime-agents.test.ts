import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import { createTelegramServer, type TelegramServer } from '@junctor/testkit/telegram'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatsOf, type Chats } from './chats.ts'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const token = '1000:fake-token-of-a-runtime-test'

describe('agents beside the config of a running gateway', () => {
  let platform: TelegramServer
  let models: ModelServer
  let installation: Installation
  let gateway: RunningGateway
  let config: string

  beforeEach(async () => {
    platform = await createTelegramServer({ bots: [{ token, username: 'run_bot' }] })
    models = await createModelServer()
    models.respond(({ system, lastUserText }) => ({
      text: `${/agent id: (\w+)/.exec(system ?? '')?.[1]}: ${lastUserText}`,
    }))
    config = `{
  // The house.
  gateway: { port: 0 },
  agents: { defaults: { model: 'anthropic/claude-test' }, list: [
    { id: 'home', default: true },
    { id: 'work', workspace: './outside' },
  ] },
  bindings: [ { agentId: 'work', match: { channel: 'telegram', peer: { kind: 'dm', id: '9' } } } ],
  session: { dmScope: 'per-peer' },
  channels: { web: {}, telegram: { dmPolicy: 'open', botToken: '${token}', apiRoot: '${platform.url}' } },
  models: { providers: { anthropic: { baseUrl: '${models.baseUrl('anthropic')}', apiKey: 'fake-key' } } },
}
`
    installation = await createInstallation(config)
    gateway = await installation.start()
  })
  afterEach(async () => {
    await installation.close()
    await Promise.all([platform.stop(), models.close()])
  })

  const ask: Chats['ask'] = (chat, text) => chatsOf(platform, token).ask(chat, text)

  it('are made, told apart, kept over a restart, and purged for good', async () => {
    const owned = ['--runtime', '--owner', 'ops', '--ttl', '2h']
    const given = [...owned, '--name', 'Sales', '--bind', 'telegram', '--json']
    const added = await installation.json('agents', 'add', 'sales', ...given)
    const workspace = join(installation.stateDir, 'workspace-sales')
    expect(added).toMatchObject({
      id: 'sales',
      workspace,
      runtime: { owner: 'ops' },
      bindings: { added: ['telegram'], skipped: [], conflicts: [] },
    })
    expect(await readFile(join(workspace, 'SOUL.md'), 'utf8')).toContain('Sales')
    const first = await ask(7, 'one')
    expect(first.answer).toBe('sales: one')
    expect(await readFile(installation.configPath, 'utf8')).toBe(config)

    const again = await installation.run(
      'agents',
      'bind',
      'home',
      '--runtime',
      '--bind',
      'telegram',
    )
    expect(again).toMatchObject({
      code: 1,
      stdout: '  not bound  telegram leads to sales already\n',
    })
    const { stdout: listed } = await installation.run('agents', 'list', '--bindings')
    expect(listed).toMatch(
      /^sales +Sales .* runtime \(ops\)\n {2}telegram:\* {2}runtime \(ops, until 20/m,
    )
    const message = ['--channel', 'telegram', '--peer', 'dm:7', '--json']
    const route = await installation.json('route', 'test', ...message)
    expect(route).toMatchObject({ agentId: 'sales', tier: 'channel' })

    await gateway.stop()
    gateway = await installation.start()
    expect((await ask(7, 'two')).answer).toBe('sales: two')

    expect(await installation.json('agents', 'delete', 'sales', '--purge', '--json')).toMatchObject(
      {
        id: 'sales',
        runtime: true,
        bindings: 1,
        purged: {
          rows: { messages: 2, turns: 2, sessions: 1 },
          directories: [{}, { path: workspace, files: 5 }],
          kept: [],
        },
      },
    )
    expect(existsSync(join(installation.stateDir, 'agents', 'sales'))).toBe(false)
    expect((await installation.run('why', String(first.id))).code).toBe(3)
    expect((await installation.run('agents', 'delete', 'sales')).code).toBe(3)
    expect((await ask(7, 'three')).answer).toBe('home: three')
  }, 90_000)

  it('that the checks refuse are not made: exit code 1, with the reason', async () => {
    const { code, stderr } = await installation.run('agents', 'add', 'home', '--runtime')
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'There is an agent "home" already.\n' })
    for (const args of [
      ['--ttl', 'soon'],
      ['--owner', ' '],
    ])
      expect((await installation.run('agents', 'add', 'x', '--runtime', ...args)).code).toBe(2)
    expect((await installation.run('agents', 'add', 'x', '--ttl', '2h')).code).toBe(2)
    await gateway.stop()
    expect((await installation.run('agents', 'add', 'x', '--runtime')).code).toBe(4)
  })

  it('of the config are deleted with what they stored; what lies outside stays without --force', async () => {
    const { id, answer } = await ask(9, 'hello')
    expect(answer).toBe('work: hello')
    const outside = join(installation.directory, 'outside')
    await writeFile(join(outside, 'notes.md'), 'mine')
    const deleted = await installation.json('agents', 'delete', 'work', '--purge', '--json')
    expect(deleted).toMatchObject({
      id: 'work',
      runtime: false,
      bindings: 1,
      written: [{ path: installation.configPath, backupPath: `${installation.configPath}.bak` }],
      purged: {
        rows: { messages: 1, turns: 1, sessions: 1 },
        kept: [{ path: outside, reason: expect.stringContaining('outside the state directory') }],
      },
    })
    expect(await readFile(installation.configPath, 'utf8')).toContain('// The house.')
    expect(existsSync(join(outside, 'notes.md'))).toBe(true)
    expect((await installation.run('why', String(id))).code).toBe(3)
    expect((await installation.run('sessions', 'list', '--agent', 'work')).code).toBe(3)
    expect((await ask(9, 'again')).answer).toBe('home: again')
  }, 60_000)

  it('of the config keep what they stored when they are not purged, and say where', async () => {
    await ask(9, 'hello')
    await gateway.stop()
    const { code, stdout } = await installation.run('agents', 'delete', 'work')
    expect(code).toBe(0)
    expect(stdout).toContain(`still there  ${join(installation.directory, 'outside')}`)
    expect((await installation.run('sessions', 'list', '--agent', 'work')).code).toBe(0)
    expect((await installation.run('config', 'validate')).code).toBe(0)
    await installation.writeConfig(config)
    const forced = await installation.json(
      'agents',
      'delete',
      'work',
      '--purge',
      '--force',
      '--json',
    )
    expect(forced).toMatchObject({ purged: { rows: { messages: 1 }, kept: [] } })
    expect(existsSync(join(installation.directory, 'outside'))).toBe(false)
  }, 60_000)

  it('made at runtime are deleted without a gateway, too, and not taken for those of the config', async () => {
    const given = ['--runtime', '--bind', 'telegram', '--json']
    await installation.json('agents', 'add', 'sales', ...given)
    expect((await ask(7, 'one')).answer).toBe('sales: one')
    await gateway.stop()
    expect((await installation.run('agents', 'delete', 'nobody', '--force')).code).toBe(3)

    await installation.writeConfig(config.replace("{ id: 'work'", "{ id: 'sales' }, { id: 'work'"))
    const refused = await installation.run('agents', 'delete', 'sales', '--runtime', '--purge')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('without --purge') })
    await installation.writeConfig(config)
    const { stdout: before } = await installation.run('agents', 'list', '--bindings')
    expect(before).toContain('telegram:*  runtime')

    const workspace = join(installation.stateDir, 'workspace-sales')
    expect(await installation.json('agents', 'delete', 'sales', '--purge', '--json')).toMatchObject(
      {
        id: 'sales',
        runtime: true,
        bindings: 1,
        workspace,
        purged: { rows: { messages: 1, sessions: 1 }, kept: [] },
      },
    )
    expect(existsSync(workspace)).toBe(false)
    const { stdout: after } = await installation.run('agents', 'list', '--bindings')
    expect(after).not.toContain('sales')
    gateway = await installation.start()
    expect((await ask(7, 'two')).answer).toBe('home: two')
  }, 60_000)
})
