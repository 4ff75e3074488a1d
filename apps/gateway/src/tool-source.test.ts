import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseConfig } from '@junctor/config'
import { expect, it } from 'vitest'
import { createToolSource } from './tool-source.ts'

it('gives web_fetch the settings of its agent before those of all', async () => {
  const site = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain').end('0123456789')
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const { port } = site.address() as AddressInfo
  const parsed = parseConfig(
    `{
      tools: { web: { fetch: { privateHosts: ['127.0.0.1:${port}'], maxBytes: 5 } } },
      agents: { list: [
        { id: 'ada' },
        { id: 'bea', tools: { web: { fetch: { maxBytes: 3 } } } },
        { id: 'eve', tools: { web: { fetch: { privateHosts: [] } } } },
      ] },
    }`,
    { home: '/home/ada', stateDir: '/home/ada/.junctor' },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const source = createToolSource()
  const signal = new AbortController().signal
  const read = async (id: string): Promise<string> => {
    const agent = config.agents.list.find((each) => each.id === id)
    if (agent === undefined) throw new Error(id)
    const sessionKey = `agent:${id}:main`
    const found = await source.toolsFor({ agent, config, sessionKey, isSandboxed: false, signal })
    const context = { agent, sessionKey, turnId: 't', callId: 'c', signal, session: {} }
    const workbench = () => Promise.reject(new Error('not needed'))
    const tool = found.tools.find(({ name }) => name === 'web_fetch')
    return (
      (await tool?.run({ url: `http://127.0.0.1:${port}/` }, { ...context, workbench })) ?? 'none'
    )
  }
  try {
    expect(await read('ada')).toContain('| 01234\n')
    expect(await read('bea')).toContain('| 012\n')
    await expect(read('eve')).rejects.toMatchObject({ code: 'REFUSED' })
  } finally {
    site.close()
  }
})

it('gives each agent the tools of its own MCP servers, until it is closed', async () => {
  const script = fileURLToPath(
    new URL('../../../packages/mcp/test/stdio-server.ts', import.meta.url),
  )
  const server = { command: process.execPath, args: [script] }
  const parsed = parseConfig(
    JSON.stringify({
      tools: { mcp: { all: server } },
      agents: { list: [{ id: 'ada', tools: { mcp: { own: server } } }, { id: 'bea' }] },
    }),
    { home: tmpdir(), stateDir: tmpdir() },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const { config } = parsed
  const source = createToolSource()
  const namesFor = async (id: string, isSandboxed = false): Promise<readonly string[]> => {
    const agent = config.agents.list.find((each) => each.id === id)
    if (agent === undefined) throw new Error(id)
    const request = {
      agent: { ...agent, workspace: tmpdir() },
      config,
      sessionKey: `agent:${id}:main`,
      isSandboxed,
      signal: new AbortController().signal,
    }
    const { tools, notes = [] } = await source.toolsFor(request)
    return [...tools.map(({ name }) => name).filter((name) => name.endsWith('__echo')), ...notes]
  }
  try {
    expect(await namesFor('ada')).toEqual(['all__echo', 'own__echo'])
    expect(await namesFor('bea')).toEqual(['all__echo'])
    expect((await namesFor('bea', true)).join()).toContain('tools.mcp.all.onHost')
  } finally {
    await source.close()
  }
  expect(await namesFor('ada')).toEqual([])
})
