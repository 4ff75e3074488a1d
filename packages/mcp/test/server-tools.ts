import { setTimeout as sleep } from 'node:timers/promises'
import { Server } from '@modelcontextprotocol/sdk/server/index.js'
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js'

type Answer = { content: { type: 'text'; text: string }[]; isError?: boolean }

const said = (text: string): Answer => ({ content: [{ type: 'text', text }] })

/** A real server, with a tool for everything that a server may do well or badly. */
export function createTestServer(): Server {
  const server = new Server(
    { name: 'test', version: '1' },
    { capabilities: { tools: { listChanged: true } } },
  )
  const tools: Record<string, (input: Record<string, unknown>) => Answer | Promise<Answer>> = {
    echo: ({ text }) => said(String(text)),
    environment: () => said(JSON.stringify(process.env)),
    process: () => said(`${process.pid} in ${process.cwd()}`),
    fail: () => ({ ...said('the tool says no'), isError: true }),
    refuse() {
      throw new Error('the server says no')
    },
    die() {
      process.stderr.write('out of\nluck\n')
      process.exit(7)
    },
    hang() {
      process.on('SIGTERM', () => {})
      for (;;);
    },
    wait: () => sleep(3_600_000, said('too late'), { ref: false }),
    flood() {
      for (let n = 0; n < 200_000; n += 1) process.stdout.write('{"flood":true}\n')
      return said('sent')
    },
    endless() {
      for (let n = 0; n < 200; n += 1) process.stdout.write('x'.repeat(100_000))
      return said('sent')
    },
    async grow() {
      tools['grown'] = () => said('new')
      await server.sendToolListChanged()
      return said('grew')
    },
  }
  const bad = JSON.parse(process.env['TEST_BAD_TOOLS'] ?? '[]')
  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: [
      ...Object.keys(tools).map((name) => ({
        name,
        description: `The tool ${name}`,
        inputSchema: { type: 'object' as const, properties: { text: { type: 'string' } } },
        annotations: { readOnlyHint: name === 'echo' },
      })),
      ...bad,
    ],
  }))
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const run = tools[params.name]
    return run === undefined ? said('no such tool') : run(params.arguments ?? {})
  })
  return server
}
