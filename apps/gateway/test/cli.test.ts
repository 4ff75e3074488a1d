import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation, type RunningGateway } from './installation.ts'

const written = `// The house.
{
  agents: {
    list: [
      { id: 'home', default: true, name: 'Home' }, // the family
      { id: 'work' },
    ],
  },
  bindings: [
    { agentId: 'work', match: { channel: 'telegram', accountId: 'office' }, comment: 'the office bot' },
  ],
  channels: { web: {} },
}
`

let installation: Installation

describe('agents add', () => {
  beforeEach(async () => {
    installation = await createInstallation(written)
  })
  afterEach(() => installation.close())

  it('writes agent, binding, directories and starter files, and keeps the comments', async () => {
    const { directory, configPath } = installation
    const workspace = join(directory, 'files of sales')
    const agentDir = join(directory, 'sales-settings')
    const given = ['--name', 'Sales', '--model', 'anthropic/claude-test', '--workspace', workspace]
    const bound = ['--bind', 'telegram:shop', '--bind', 'telegram:office', '--non-interactive']
    const args = [...given, '--agent-dir', agentDir, ...bound, '--json']
    const added = await installation.json('agents', 'add', 'sales', ...args)
    expect(added).toEqual({
      id: 'sales',
      workspace,
      agentDir,
      configPath,
      backupPath: expect.stringContaining('junctor.json'),
      bindings: {
        added: ['telegram:shop'],
        skipped: [],
        conflicts: [{ binding: 'telegram:office', agentId: 'work' }],
      },
    })
    const text = await readFile(configPath, 'utf8')
    for (const comment of ['// The house.', '// the family', 'the office bot'])
      expect(text).toContain(comment)
    expect((await installation.run('config', 'validate')).code).toBe(0)
    expect((await stat(agentDir)).isDirectory()).toBe(true)
    for (const name of ['AGENTS.md', 'SOUL.md', 'USER.md', 'IDENTITY.md', 'TOOLS.md'])
      expect(await readFile(join(workspace, name), 'utf8')).toContain('Sales')
    const listed = await installation.json('agents', 'list', '--bindings', '--json')
    expect(listed).toContainEqual({
      id: 'sales',
      name: 'Sales',
      default: false,
      model: 'anthropic/claude-test',
      workspace,
      agentDir,
      bindings: [expect.objectContaining({ match: { channel: 'telegram', accountId: 'shop' } })],
    })
  })

  it('leaves an existing workspace as it is', async () => {
    const workspace = join(installation.directory, 'mine')
    await mkdir(workspace)
    await installation.json('agents', 'add', 'sales', '--workspace', workspace, '--json')
    await expect(stat(join(workspace, 'SOUL.md'))).rejects.toThrow('ENOENT')
  })

  it.each([
    ['an id that is taken', ['home'], 1, /"home"/],
    ['an id that differs by case alone', ['Home'], 1, /[Hh]ome/],
    ['an id that is none', ['../x'], 1, /is not an agent id/],
    ['no id', ['--non-interactive'], 2, /Name the new agent/],
    ['a binding that is none', ['sales', '--bind', 'a:b:c'], 2, /"a:b:c" is not <channel>/],
    ['the agentDir of another', ['sales', '--agent-dir', '~/d'], 1, /one agentDir/],
    ['an option that nobody knows', ['sales', '--colour', 'red'], 2, /unknown option/],
  ])('refuses %s and changes nothing', async (_name, args, code, says) => {
    const before = written.replace(`{ id: 'work' }`, `{ id: 'work', agentDir: '~/d' }`)
    await installation.writeConfig(before)
    const outcome = await installation.run('agents', 'add', ...args)
    expect(outcome.stderr).toMatch(says)
    expect(outcome.stderr).not.toMatch(/\n\s+at /)
    expect(outcome.code).toBe(code)
    expect(await readFile(installation.configPath, 'utf8')).toBe(before)
  })

  it('makes the first config where there is none', async () => {
    await installation.close()
    installation = await createInstallation()
    const added = await installation.json('agents', 'add', 'first', '--json')
    expect(added).toMatchObject({ id: 'first', backupPath: null })
    // The agent that was there without a config stays, and stays the default.
    expect(await installation.json('agents', '--json')).toMatchObject([
      { id: 'main', default: true },
      { id: 'first', default: false },
    ])
  })
})

describe('route test', () => {
  beforeAll(async () => {
    const bind = (agentId: string, match: object): object => ({
      agentId,
      match: { channel: 'chat', ...match },
    })
    const ids = ['peer', 'guild', 'team', 'account', 'channel', 'other']
    installation = await createInstallation({
      agents: {
        list: ids.map((id) => ({
          id,
          default: id === 'other',
          fallback: id === 'other' ? ['channel'] : [],
        })),
      },
      routing: {
        policies: [
          { id: 'money', when: { text: 'invoice' }, to: 'guild' },
          { when: { time: { from: '18:00', to: '08:00' } }, to: 'team' },
          { when: { sender: ['5'] }, to: 'account' },
        ],
      },
      bindings: [
        bind('channel', { accountId: '*' }),
        bind('account', { accountId: 'a' }),
        bind('team', { accountId: '*', teamId: 'T1' }),
        bind('guild', { accountId: '*', guildId: 'G1' }),
        bind('peer', { accountId: '*', peer: { kind: 'dm', id: '7' } }),
      ],
      channels: { web: {} },
    })
  })
  afterAll(() => installation.close())

  const dm = ['--peer', 'dm:8']
  const room = ['--peer', 'channel:C1']
  it.each([
    ['peer', ['--channel', 'chat', '--account', 'b', '--peer', 'dm:7']],
    ['guild', ['--channel', 'chat', '--account', 'b', ...room, '--guild', 'G1']],
    ['team', ['--channel', 'chat', '--account', 'b', ...room, '--team', 'T1']],
    ['account', ['--channel', 'chat', '--account', 'a', ...dm]],
    ['channel', ['--channel', 'chat', '--account', 'b', ...dm]],
    ['default', ['--channel', 'elsewhere', '--account', 'b', ...dm]],
  ])('names the agent of tier %s and why the others lost', async (tier, args) => {
    const agentId = tier === 'default' ? 'other' : tier
    const answer = await installation.json('route', 'test', ...args, '--json')
    expect(answer).toMatchObject({ agentId, tier })
    expect(answer).toHaveProperty('candidates')
    const { stdout, code } = await installation.run('route', 'test', ...args)
    expect(code).toBe(0)
    expect(stdout).toContain(`agent ${agentId}  (tier ${tier})`)
    expect(stdout.split('\n').filter((line) => line.includes('✓'))).toHaveLength(
      tier === 'default' ? 0 : 1,
    )
  })

  const elsewhere = ['--channel', 'elsewhere', '--peer', 'dm:8', '--json']
  it.each([
    ['policy', 'guild', ['--text', 'my Invoice', '--time', '2026-08-12T12:00']],
    ['policy', 'team', ['--time', '2026-08-12T19:00']],
    ['policy', 'account', ['--sender', '5', '--time', '2026-08-12T12:00']],
    ['default', 'channel', ['--agent-state', 'other=paused', '--time', '2026-08-12T12:00']],
  ])('answers for a message of its own by %s, to %s', async (tier, agentId, args) => {
    const answer = await installation.json('route', 'test', ...elsewhere, ...args)
    expect(answer).toMatchObject({ agentId, tier, policies: expect.any(Array) })
  })

  it('says in words who stands in, and why no policy took the message', async () => {
    const args = ['--channel', 'elsewhere', '--peer', 'dm:8', '--agent-state', 'other=failing']
    const { stdout } = await installation.run(
      'route',
      'test',
      ...args,
      '--time',
      '2026-08-12T12:00',
    )
    expect(stdout).toContain('Agent "other" is failing, so agent "channel" stands in')
    expect(stdout).toContain(
      '· policies[0] ("money") for agent "guild" needs a text like "invoice"',
    )
  })

  it.each([
    ['a time that is none', ['--time', 'noon'], 2],
    ['a state that is none', ['--agent-state', 'other=away'], 2],
    ['an agent that is not there', ['--agent-state', 'nobody=paused'], 3],
  ])('refuses %s', async (_about, args, code) => {
    expect(await installation.run('route', 'test', ...elsewhere, ...args)).toMatchObject({ code })
  })

  it.each([
    ['no channel', [...dm]],
    ['a peer of no kind', ['--channel', 'chat', '--account', 'a', '--peer', '7']],
    ['a peer without an id', ['--channel', 'chat', '--account', 'a', '--peer', 'dm:']],
  ])('refuses %s as wrong usage', async (_name, args) => {
    const { code, stderr } = await installation.run('route', 'test', ...args)
    expect(code).toBe(2)
    expect(stderr).toMatch(/--channel|--peer/)
  })
})

describe('a gateway that ran', () => {
  let gateway: RunningGateway
  let messageId: string
  let sessionKey: string
  let token: string

  const post = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(new URL(path, gateway.url), {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    })

  beforeAll(async () => {
    installation = await createInstallation(
      written.replace('channels:', 'gateway: { port: 0 },\n  channels:'),
    )
    gateway = await installation.start()
    token = (await readFile(join(installation.stateDir, 'gateway.token'), 'utf8')).trim()
    const body = { id: 'first', text: 'hello', conversation: 'owner', agentId: 'work' }
    const posted = await post('/channels/web/default/messages', {
      method: 'POST',
      body: JSON.stringify(body),
    })
    expect(posted.status, await posted.clone().text()).toBeLessThan(300)
    for (;;) {
      const [session] = (await installation.json('sessions', 'list', '--json')) as readonly {
        readonly sessionKey: string
        readonly turns: number
      }[]
      if (session?.turns !== 1) continue
      sessionKey = session.sessionKey
      break
    }
    const [story] = (await installation.json('why', 'first', '--json')) as readonly { id: string }[]
    messageId = story?.id ?? ''
  })
  afterAll(() => installation.close())

  it('keeps its token for its owner alone', async () => {
    expect((await stat(join(installation.stateDir, 'gateway.token'))).mode & 0o777).toBe(0o600)
    expect(token.length).toBeGreaterThan(30)
  })

  it('tells why by our id and by the platform’s, for people and as JSON', async () => {
    for (const id of [messageId, 'first']) {
      const { code, stdout } = await installation.run('why', id)
      expect(code).toBe(0)
      expect(stdout).toMatch(new RegExp(`^${messageId} {2}answered\n {2}Agent work answered it`))
      expect(stdout).toContain('its sender picked this agent')
    }
    expect(await installation.json('why', messageId, '--json')).toMatchObject([
      { id: messageId, outcome: 'answered', steps: expect.any(Array) },
    ])
  })

  it('does not know what it has not seen: exit code 3', async () => {
    for (const args of [
      ['why', 'msg_nobody'],
      ['sessions', 'show', 'agent:work:nobody'],
      ['sessions', 'show', 'not a key'],
      ['sessions', 'export', 'agent:nobody:main'],
      ['sessions', 'list', '--agent', 'nobody'],
    ]) {
      const { code, stdout, stderr } = await installation.run(...args)
      expect({ args, code, stdout }).toEqual({ args, code: 3, stdout: '' })
      expect(stderr).toMatch(/^(?:No message|There is no session|Agent "nobody")/)
    }
  })

  it('exports a session as JSON Lines, and shows it to people', async () => {
    const { code, stdout } = await installation.run('sessions', 'export', sessionKey)
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    const rows = lines.map((line) => JSON.parse(line) as { role: string; seq: number })
    expect(rows.map(({ role }) => role)).toEqual(['user', 'assistant'])
    expect(rows).toEqual(await installation.json('sessions', 'show', sessionKey, '--json'))
    const shown = (await installation.run('sessions', 'show', sessionKey, '--limit', '1')).stdout
    expect(shown).toMatch(/^\S+ {2}assistant\n/)
    expect((await installation.run('sessions', 'show', sessionKey, '--limit', '0')).code).toBe(2)
  })

  it('tells its status as JSON and to people', async () => {
    expect(await installation.json('status', '--json')).toMatchObject({
      config: { path: installation.configPath, revision: expect.any(String) },
      channels: [{ channel: 'web', accountId: 'default', state: 'online' }],
      agents: [
        { id: 'home', isDefault: true },
        { id: 'work', sessions: 1, pending: 0 },
      ],
      refusals: 0,
      unknownDeliveries: 0,
    })
    expect((await installation.run('status')).stdout).toContain('web/default')
  })

  it.each([
    ['larger than any body', 10 * 1024 * 1024, 413],
    ['longer than the page takes', 300_000, 413],
  ])('refuses a message %s in words', async (_name, length, expected) => {
    const body = JSON.stringify({ id: 'huge', text: 'x'.repeat(length), conversation: 'owner' })
    const response = await post('/channels/web/default/messages', { method: 'POST', body })
    expect(response.status).toBe(expected)
    expect(await response.text()).toMatch(/TOO_LARGE/)
    expect((await installation.run('why', 'huge')).code).toBe(3)
  })

  it('makes login links that work once', async () => {
    const { code, stdout } = await installation.run('login')
    expect(code).toBe(0)
    const link = stdout.trim()
    const visit = (): Promise<Response> => fetch(link, { redirect: 'manual', method: 'GET' })
    const page = await visit()
    const form = await fetch(link, {
      redirect: 'manual',
      method: 'POST',
      headers: { origin: gateway.url },
    })
    const cookies = [page, form].filter((response) => response.headers.has('set-cookie'))
    expect(cookies).toHaveLength(1)
    const again = [
      await visit(),
      await fetch(link, { redirect: 'manual', method: 'POST', headers: { origin: gateway.url } }),
    ]
    for (const response of again) expect(response.headers.has('set-cookie')).toBe(false)
  })

  it('never prints its token in answers or logs, only at its first start', async () => {
    const outputs = await Promise.all([
      installation.run('status', '--json'),
      installation.run('doctor', '--json'),
      installation.run('why', messageId, '--json'),
    ])
    for (const { stdout, stderr } of outputs) {
      expect(stdout).not.toContain(token)
      expect(stderr).not.toContain(token)
    }
    expect(gateway.output().split(token)).toHaveLength(2)
  })
})

describe('a command line', () => {
  beforeEach(async () => {
    installation = await createInstallation(written)
  })
  afterEach(() => installation.close())

  it('without a gateway says how to start one: exit code 4', async () => {
    for (const command of ['status', 'login']) {
      const { code, stderr } = await installation.run(command)
      expect(code).toBe(4)
      expect(stderr).toContain('Start one with `junctor start`')
    }
  })

  it('that is not understood is wrong usage: exit code 2, with a hint', async () => {
    for (const args of [['strat'], ['why'], ['route'], ['start', '--loud'], ['sessions', 'show']]) {
      const { code, stderr } = await installation.run(...args)
      expect({ args, code }).toEqual({ args, code: 2 })
      expect(stderr).not.toBe('')
    }
  })

  it('tells its version and its help, with the exit codes', async () => {
    expect((await installation.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    const { code, stdout } = await installation.run('--help')
    expect(code).toBe(0)
    for (const command of ['start', 'agents', 'route', 'why', 'sessions', 'status', 'login'])
      expect(stdout).toContain(`  ${command}`)
    expect(stdout).toContain('0 done   1 failed')
  })

  it('finds the config file and checks another one', async () => {
    const { stdout } = await installation.run('config', 'path')
    expect(stdout).toBe(`${installation.configPath}\n`)
    expect(await installation.json('config', 'validate', '--json')).toEqual({
      ok: true,
      flavour: 'junctor',
      changes: [],
      differences: [],
      path: installation.configPath,
      problems: expect.any(Array),
    })
    const missing = await installation.run('config', 'validate', '/nowhere/junctor.json')
    expect(missing).toMatchObject({ code: 3, stdout: '' })
    expect(missing.stderr).toContain('The file /nowhere/junctor.json cannot be read.')
  })

  it('finds what only the router can tell', async () => {
    const broken = join(installation.directory, 'broken.json')
    const policy = `{ when: { text: '(' }, to: 'home' }`
    await writeFile(
      broken,
      `{ agents: { list: [{ id: 'home' }] }, routing: { policies: [ ${policy} ] } }`,
    )
    const { code, stdout } = await installation.run('config', 'validate', broken)
    expect(code).toBe(1)
    expect(stdout).toContain(
      ':1:78  error  routing.policies[0].when.text: cannot be read: a ")" is missing',
    )
  })

  it('pauses and resumes an agent without a gateway', async () => {
    const paused = await installation.run('agents', 'pause', 'work', '--reason', 'holiday')
    expect(paused).toMatchObject({ code: 0, stdout: 'Agent work is paused.\n' })
    const resumed = await installation.json('agents', 'resume', 'work', '--json')
    expect(resumed).toEqual({ id: 'work', state: 'available' })
    expect(await installation.run('agents', 'pause', 'nobody')).toMatchObject({ code: 3 })
  })

  it('prints the JSON Schema of the config', async () => {
    expect(await installation.json('config', 'schema')).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      properties: { gateway: { properties: { port: { default: 8000 } } } },
    })
  })

  it('lists agents with the bindings that lead to them', async () => {
    const { code, stdout } = await installation.run('agents', 'list', '--bindings')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^home \(default\) +Home/m)
    expect(stdout).toContain('  telegram:office  bindings[0] (junctor.json:10)  — the office bot')
  })

  it('has a doctor that exits with 1 on an error and names it', async () => {
    // Whatever listens on the default port of this machine.
    const withModel = (model: string): object => ({
      gateway: { port: 0 },
      agents: { list: [{ id: 'main', model }] },
      channels: { web: {} },
    })
    await installation.writeConfig(withModel('demo/junctor'))
    expect((await installation.run('doctor')).code).toBe(0)
    await installation.writeConfig(withModel('nobody/knows'))
    const { code, stdout } = await installation.run('doctor')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /✗ model of main: .*:1:\d+ {2}error {2}agents\.list\[0\]\.model: No provider serves the model "nobody\/knows".* \[MODEL\]\n.*\n +\^/,
    )
  })

  it('reads an empty store before the first start', async () => {
    const { code, stdout } = await installation.run('sessions', 'list')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'No sessions yet.\n' })
    expect((await installation.run('why', 'msg_1')).code).toBe(3)
  })
})
