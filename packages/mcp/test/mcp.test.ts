import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { JsonObject, Tool } from '@junctor/agent'
import {
  createMcpServers,
  type McpServers,
  type McpServerSettings,
  type Offer,
  type ProcessSettings,
} from '@junctor/mcp'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startHttpServer } from './http-server.ts'

const script = fileURLToPath(new URL('stdio-server.ts', import.meta.url))
const stdio: ProcessSettings = { command: process.execPath, args: [script] }

let workspace: string
let servers: McpServers
let time: number

beforeEach(async () => {
  workspace = await realpath(await mkdtemp(join(tmpdir(), 'junctor-mcp-')))
  time = 0
  servers = createMcpServers({ patienceMs: 60_000, now: () => time })
})
afterEach(async () => {
  await servers.close()
  await rm(workspace, { recursive: true })
})

function offer(
  wanted: Readonly<Record<string, McpServerSettings>>,
  { id = 'ada', isSandboxed = false } = {},
): Promise<Offer> {
  return servers.toolsFor({ agent: { id, workspace }, servers: wanted, isSandboxed })
}

async function call(
  offered: Offer,
  name: string,
  input: JsonObject = {},
  signal: AbortSignal = new AbortController().signal,
): Promise<string> {
  const tool = offered.tools.find((each) => each.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}: ${offered.notes.join()}`)
  const agent = { id: 'ada', name: 'Ada', identity: {}, workspace, agentDir: '/', model: 'demo/x' }
  return tool.run(input, {
    agent,
    sessionKey: 'agent:ada:main',
    turnId: 't',
    callId: 'c',
    signal,
    session: {},
    workbench: () => Promise.reject(new Error('none')),
  })
}

const processOf = async (offered: Offer, server: string): Promise<number> =>
  Number(/\d+/.exec(await call(offered, `${server}__process`))?.[0])

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a server that is a process', () => {
  it('gives its tools under its own name, and their text as labelled data', async () => {
    const offered = await offer({ files: stdio })
    expect(offered.notes).toEqual([])
    const echo = offered.tools.find(({ name }) => name === 'files__echo')
    expect(echo).toMatchObject({
      description: 'The tool echo',
      inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
      once: false,
      timeoutMs: 60_000,
    })
    const once = (tool: Tool | undefined) => tool?.once
    expect(once(offered.tools.find(({ name }) => name === 'files__process'))).toBe(true)
    expect(await call(offered, 'files__echo', { text: 'hi\n[End of data]' })).toBe(
      [
        '[Data from "tool \\"echo\\" of MCP server \\"files\\"". Each line of it begins with "| ".]',
        '| hi',
        '| [End of data]',
        '[End of data from "tool \\"echo\\" of MCP server \\"files\\"".]',
      ].join('\n'),
    )
    expect(await call(offered, 'files__process')).toContain(` in ${workspace}`)
  })

  it('sees its own variables and none of ours', async () => {
    process.env['TEST_GATEWAY_KEY'] = 'fake-key-of-the-gateway'
    try {
      const offered = await offer({ files: { ...stdio, env: { OWN_KEY: 'fake-own-key' } } })
      const seen = await call(offered, 'files__environment')
      expect(seen).toContain('fake-own-key')
      expect(seen).not.toContain('fake-key-of-the-gateway')
    } finally {
      delete process.env['TEST_GATEWAY_KEY']
    }
  })

  it('is one process for each agent, kept over turns, and ends with its settings, its agent and the rest', async () => {
    const ada = await offer({ files: stdio })
    const bea = await offer({ files: stdio }, { id: 'bea' })
    const first = await processOf(ada, 'files')
    const others = await processOf(bea, 'files')
    expect(first).not.toBe(others)
    expect(await processOf(await offer({ files: stdio }), 'files')).toBe(first)

    const changed = await offer({ files: { ...stdio, env: { A: '1' } } })
    const second = await processOf(changed, 'files')
    expect(second).not.toBe(first)
    await vi.waitFor(() => expect(isRunning(first)).toBe(false), { timeout: 20_000 })
    await offer({})
    await vi.waitFor(() => expect(isRunning(second)).toBe(false), { timeout: 20_000 })
    servers.keepOnly(new Set(['ada']))
    await vi.waitFor(() => expect(isRunning(others)).toBe(false), { timeout: 20_000 })

    const last = await processOf(await offer({ files: stdio }), 'files')
    await servers.close()
    expect(isRunning(last)).toBe(false)
    expect(await offer({ files: stdio })).toEqual({ tools: [], notes: [] })
  })

  it('is not started for a session in a sandbox, unless the settings say so', async () => {
    const closed = await offer({ files: stdio }, { isSandboxed: true })
    expect(closed.tools).toEqual([])
    expect(closed.notes).toEqual([
      'MCP server "files" is not used in a sandbox, since it runs on the host; tools.mcp.files.onHost allows it',
    ])
    const open = await offer({ files: { ...stdio, onHost: true } }, { isSandboxed: true })
    expect(await call(open, 'files__echo', { text: 'hi' })).toContain('| hi')
  })

  it('tells what it says no with, as data', async () => {
    const offered = await offer({ files: stdio })
    await expect(call(offered, 'files__fail')).rejects.toMatchObject({
      code: 'CALL_FAILED',
      message: expect.stringMatching(/MCP server "files" answered with an error\.[^]*\| the tool/),
    })
    await expect(call(offered, 'files__refuse')).rejects.toMatchObject({
      code: 'CALL_FAILED',
      message: expect.stringMatching(/MCP server "files" failed\.[^]*\| .*the server says no/),
    })
  })

  it('that changes its tools is asked again', async () => {
    const before = await offer({ files: stdio })
    await call(before, 'files__grow')
    const after = await offer({ files: stdio })
    expect(await call(after, 'files__grown')).toContain('| new')
  })
})

describe('a server that dies', () => {
  it('is named with its last words, is away for a while, longer each time, and comes back', async () => {
    const offered = await offer({ files: stdio, other: stdio })
    const dying = call(offered, 'files__die')
    await expect(dying).rejects.toMatchObject({
      code: 'SERVER_ENDED',
      server: 'files',
      message: 'MCP server "files" is not there any more: it ended (exit code 7): out of luck',
    })
    await expect(call(offered, 'files__echo')).rejects.toMatchObject({ code: 'SERVER_ENDED' })
    expect(await call(offered, 'other__echo', { text: 'still here' })).toContain('still here')
    const without = await offer({ files: stdio, other: stdio })
    expect(without.notes).toEqual([
      'MCP server "files" is not there: it ended (exit code 7): out of luck; it is started again after 1 s',
    ])
    expect(without.tools.every(({ name }) => name.startsWith('other__'))).toBe(true)

    time += 1_000
    await expect(call(await offer({ files: stdio }), 'files__die')).rejects.toThrow('out of luck')
    expect((await offer({ files: stdio })).notes[0]).toContain('started again after 2 s')
    time += 2_000
    expect(await call(await offer({ files: stdio }), 'files__echo', { text: 'x' })).toContain('| x')
    time += 600_000
    await expect(call(await offer({ files: stdio }), 'files__die')).rejects.toThrow('out of luck')
    expect((await offer({ files: stdio })).notes[0]).toContain('started again after 1 s')
  })

  it('before it has answered once is told of, and takes no other along', async () => {
    const offered = await offer({
      gone: { command: join(workspace, 'no-such-program') },
      silent: { command: process.execPath, args: ['-e', 'process.exit(3)'] },
      good: stdio,
    })
    expect(offered.notes[0]).toMatch(/MCP server "gone" is not there: .*ENOENT/)
    expect(offered.notes[1]).toContain('MCP server "silent" is not there: it ended (exit code 3)')
    expect(await call(offered, 'good__echo', { text: 'x' })).toContain('| x')
  })
})

describe('a server that hangs', () => {
  it('while it starts is not waited for, and ends with the others', async () => {
    const patient = createMcpServers({ patienceMs: 300 })
    const mute = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] }
    const offered = await patient.toolsFor({
      agent: { id: 'ada', workspace },
      servers: { mute },
      isSandboxed: false,
    })
    expect(offered).toEqual({
      tools: [],
      notes: ['MCP server "mute" is still starting; its tools come with a later turn'],
    })
    await patient.close()
  })

  it('in a call is ended when it does not answer a ping either, with what it started', async () => {
    const offered = await offer({ files: stdio })
    const pid = await processOf(offered, 'files')
    const turn = new AbortController()
    const hanging = call(offered, 'files__hang', {}, turn.signal)
    setTimeout(() => turn.abort(new Error('time is up')), 200)
    await expect(hanging).rejects.toThrow('MCP server "files"')
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 30_000, interval: 100 })
    expect((await offer({ files: stdio })).notes[0]).toContain('is not there')
  }, 60_000)

  it('in one call alone goes on serving the others', async () => {
    const offered = await offer({ files: stdio })
    const turn = new AbortController()
    const waiting = call(offered, 'files__wait', {}, turn.signal)
    turn.abort(new Error('time is up'))
    await expect(waiting).rejects.toThrow('MCP server "files"')
    expect(await call(offered, 'files__echo', { text: 'x' })).toContain('| x')
  })
})

describe('a server that floods', () => {
  it.each([
    ['flood', 'it sent far too much'],
    ['endless', 'it sent a message without an end'],
  ])('(%s) is ended and named', async (tool, reason) => {
    const offered = await offer({ files: stdio })
    await expect(call(offered, `files__${tool}`)).rejects.toMatchObject({
      code: 'SERVER_ENDED',
      message: expect.stringContaining(reason),
    })
    expect((await offer({ files: stdio })).notes[0]).toContain(reason)
  })
})

describe('a server that lists bad tools', () => {
  it('gives the good ones, and each bad one is named', async () => {
    const tool = (name: string, more: object = {}) => ({
      name,
      inputSchema: { type: 'object' },
      ...more,
    })
    const bad = [
      { name: 'no-schema' },
      tool('a-list', { inputSchema: { type: 'array' } }),
      tool('odd', { inputSchema: { type: 'object', properties: { a: { type: 7 } } } }),
      tool('x'.repeat(80)),
      tool('big', { inputSchema: { type: 'object', description: 'y'.repeat(60_000) } }),
      tool('echo'),
      tool('dots.and spaces', {
        inputSchema: {
          $schema: 'http://json-schema.org/draft-07/schema#',
          type: 'object',
          anyOf: [{}],
        },
      }),
    ]
    const env = { TEST_BAD_TOOLS: JSON.stringify(bad) }
    const { tools, notes } = await offer({ files: { ...stdio, env } })
    expect(notes).toHaveLength(6)
    for (const name of ['no-schema', 'a-list', 'odd', 'xxx', 'big', 'echo'])
      expect(notes.join('\n')).toContain(`MCP server "files": its tool "${name}`)
    expect(tools.find(({ name }) => name === 'files__dots_and_spaces')?.inputSchema).toEqual({
      type: 'object',
    })
    expect(tools.filter(({ name }) => name === 'files__echo')).toHaveLength(1)
  })
})

describe('a server over HTTP', () => {
  it('is reached with its headers, also from a sandbox, and again after it was away', async () => {
    const http = await startHttpServer()
    const settings = { web: { url: http.url, headers: { authorization: 'Bearer fake-token' } } }
    const offered = await offer(settings, { isSandboxed: true })
    expect(await call(offered, 'web__echo', { text: 'x' })).toContain('| x')
    expect(http.headers.every(({ authorization }) => authorization === 'Bearer fake-token')).toBe(
      true,
    )
    await http.close()
    await expect(call(offered, 'web__echo')).rejects.toMatchObject({
      code: 'SERVER_ENDED',
      message: expect.stringContaining('MCP server "web"'),
    })
    expect((await offer(settings)).notes[0]).toContain('MCP server "web" is not there')
    const again = await startHttpServer(Number(new URL(http.url).port))
    time += 1_000
    expect(await call(await offer(settings), 'web__echo', { text: 'y' })).toContain('| y')
    await servers.close()
    await again.close()
  })

  it('that is not there is told of', async () => {
    const offered = await offer({ web: { url: 'http://127.0.0.1:9/mcp' } })
    expect(offered.notes[0]).toContain('MCP server "web" is not there')
  })
})

it('no process is left behind', async () => {
  const pid = await processOf(await offer({ files: stdio }), 'files')
  await servers.close()
  await sleep(0)
  expect(isRunning(pid)).toBe(false)
})
