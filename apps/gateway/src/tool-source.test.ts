import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
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
