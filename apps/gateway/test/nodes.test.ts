import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createModelServer, type ModelServer } from '@junctor/testkit/models'
import {
  createTelegramServer,
  type TelegramBot,
  type TelegramServer,
} from '@junctor/testkit/telegram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createInstallation,
  type FollowedCommand,
  type Installation,
  type RunningGateway,
} from './installation.ts'

const token = '1000:fake-token-of-the-nodes'
const people = { ada: 11, ben: 12, cid: 13 }
type AgentId = keyof typeof people

/** The machine of the gateway, and another one: two processes that share no folder. */
let house: Installation
let elsewhere: Installation
let gateway: RunningGateway
let node: FollowedCommand
let platform: TelegramServer
let models: ModelServer
let bot: TelegramBot
let asked = 0

const startNode = (...more: readonly string[]): FollowedCommand => {
  const permitted = ['env', 'sleep', 'false', 'hostname'].flatMap((each) => ['--allow', each])
  return elsewhere.follow('node', '--gateway', gateway.url, '--name', 'mac', ...permitted, ...more)
}

/** Lets the agent make one call of `nodes`. Answers what it gave, and the tools that the agent was offered. */
async function use(agentId: AgentId, input: { readonly [key: string]: unknown }) {
  let output = ''
  let offered: readonly string[] = []
  asked += 1
  const done = `done ${asked}`
  models.respond(({ toolResults: [result], toolNames }) => {
    offered = toolNames
    if (result === undefined) return { tools: [{ name: 'nodes', input }] as never }
    output = result.output
    return { text: done }
  })
  const chat = people[agentId]
  bot.say({ chat, text: `go on (${asked})` })
  await platform.waitFor(() => bot.messages(chat).some(({ text }) => text === done), {
    timeoutMs: 60_000,
  })
  return { output, offered }
}

const run = async (agentId: AgentId, program: string, ...args: readonly string[]) =>
  (await use(agentId, { action: 'run', node: 'mac', program, args })).output

beforeAll(async () => {
  platform = await createTelegramServer({ bots: [{ token, username: 'nodes_bot' }] })
  models = await createModelServer()
  bot = platform.bot(token)
  elsewhere = await createInstallation()
  house = await createInstallation({
    gateway: { port: 0 },
    agents: {
      defaults: { model: 'anthropic/claude-test' },
      list: Object.keys(people).map((id) => ({ id })),
    },
    nodes: {
      mac: { agents: ['ad*'], allow: ['env', 'sleep', 'false', 'uptime'] },
      pi: { agents: ['ben'], allow: ['env'] },
    },
    bindings: Object.entries(people).map(([agentId, id]) => ({
      agentId,
      match: { channel: 'telegram', peer: { kind: 'dm', id: String(id) } },
    })),
    session: { dmScope: 'per-peer' },
    channels: { telegram: { botToken: token, apiRoot: platform.url, dmPolicy: 'open' } },
    models: {
      providers: { anthropic: { baseUrl: models.baseUrl('anthropic'), apiKey: 'fake-key' } },
    },
  })
  gateway = await house.start()
}, 120_000)

afterAll(async () => {
  await Promise.all([elsewhere.close(), house.close()])
  await Promise.all([platform.stop(), models.close()])
}, 60_000)

describe('another machine that runs `junctor node`', { timeout: 120_000 }, () => {
  it('is paired by the code that it shows, and not before', async () => {
    node = startNode()
    const [, code = ''] = await node.says(/Pairing code: ([A-Z0-9]{8})\n/)
    expect(await run('ada', 'env')).toContain('Node "mac" is not connected; nothing was run.')
    expect((await house.run('nodes', 'list')).stdout).toMatch(`  mac  code ${code}  until `)
    expect(await house.run('nodes', 'approve', 'AAAAAAAA')).toMatchObject({ code: 3 })
    expect(await house.run('nodes', 'approve', code)).toMatchObject({
      code: 0,
      stdout: 'Node mac is paired.\n',
    })
    await node.says(/Connected as mac/)
    const { stdout } = await house.run('status')
    expect(stdout).toMatch(/Nodes\n {2}mac +connected +since \S+ +permits env, sleep, false/)
  })

  it('keeps its token for its owner alone, and the gateway does not have it', async () => {
    const folder = join(elsewhere.stateDir, 'node')
    const [file = ''] = await readdir(folder)
    expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
    const secret = (await readFile(join(folder, file), 'utf8')).trim()
    expect(secret).toHaveLength(43)
    const kept = await readdir(house.stateDir, { recursive: true, withFileTypes: true })
    for (const each of kept.filter((entry) => entry.isFile()))
      expect((await readFile(join(each.parentPath, each.name))).includes(secret)).toBe(false)
  })

  it('runs what both sides permit, and shows it none of its own environment', async () => {
    const output = await run('ada', 'env')
    expect(output).toMatch(/^\[Data from "node mac: env"\. .*\n(?:\| .*\n)*\| PATH=/)
    expect(output).not.toContain('JUNCTOR')
    expect(output).toMatch(/\nExit code 0\.$/)
    expect(await run('ada', 'false')).toMatch(/\nExit code 1\.$/)
    const { output: listed } = await use('ada', { action: 'list' })
    expect(JSON.parse(listed)).toEqual({
      nodes: [{ name: 'mac', connected: true, programs: ['env', 'sleep', 'false'] }],
    })
  })

  it('refuses what either side does not permit', async () => {
    expect(await run('ada', 'hostname')).toContain('nodes.mac.allow in the config')
    expect(await run('ada', '/usr/bin/env')).toContain('nodes.mac.allow in the config')
    expect(await run('ada', 'uptime')).toContain(
      'Node "mac" did not run it: "uptime" is not permitted there (--allow).',
    )
    const late = { action: 'run', node: 'mac', program: 'sleep', args: ['300'], timeoutMs: 200 }
    expect((await use('ada', late)).output).toMatch(/It was stopped after 200 ms\.$/)
  })

  it('is not there for other agents', async () => {
    const ben = await use('ben', { action: 'list' })
    expect(JSON.parse(ben.output)).toEqual({ nodes: [] })
    const refused = await run('ben', 'env')
    const none = await use('ben', { action: 'run', node: 'other', program: 'env' })
    expect(refused).toContain('There is no node "mac" for you')
    expect(none.output).toBe(refused.replace('mac', 'other'))
    const cid = await use('cid', { action: 'list' })
    expect(cid.offered).not.toContain('nodes')
    expect(cid.offered).toContain('session_status')
    expect(cid.output).toContain('There is no tool "nodes"')
  })

  it('comes back by itself after the gateway was away', async () => {
    const { port } = new URL(gateway.url)
    await gateway.stop()
    await node.says(/Not connected: .*Trying again/)
    gateway = await house.start({ args: ['--port', port] })
    await node.says(/Not connected[^]*Connected as mac/)
    expect(await run('ada', 'false')).toMatch(/\nExit code 1\.$/)
  })

  it('leaves the outcome of a command unknown when it dies meanwhile, and connects again without pairing', async () => {
    const answer = run('ada', 'sleep', '20')
    await node.says(/sleep: begins(?![^]*sleep: stopped)/)
    node.process.kill('SIGKILL')
    expect(await answer).toContain(
      'Node "mac" went away while the command ran: whether the command ran, and how it ended, is not known.',
    )
    expect((await house.run('nodes', 'list')).stdout).toMatch(/ {2}mac +not connected +last seen /)
    node = startNode()
    await node.says(/^Connected as mac/)
  })

  it('is cut off when it is removed, and asks anew with another token', async () => {
    expect(await house.run('nodes', 'remove', 'pi')).toMatchObject({ code: 3 })
    expect((await house.run('nodes', 'remove', 'mac')).stdout).toBe('Node mac is removed.\n')
    expect(await node.ended).toMatchObject({ code: 1, stderr: 'the gateway removed this node\n' })
    expect(await readdir(join(elsewhere.stateDir, 'node'))).toEqual([])
    expect(await run('ada', 'env')).toContain('is not connected')

    node = startNode()
    const [, code = ''] = await node.says(/Pairing code: (\S+)/)
    expect((await house.run('nodes', 'reject', code)).code).toBe(0)
    expect(await node.ended).toMatchObject({ code: 1, stderr: 'the gateway rejected this node\n' })
    expect(await house.json('nodes', 'list', '--json')).toEqual({ requests: [], nodes: [] })
  })

  it('does not send its token over a network for all to read', async () => {
    const plain = await elsewhere.run('node', '--gateway', 'http://gateway.example:8000')
    expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining('--insecure') })
    const shell = await elsewhere.run('node', '--gateway', gateway.url, '--allow', './x')
    expect(shell).toMatchObject({ code: 1, stderr: expect.stringContaining('"./x" is no program') })
  })
})
