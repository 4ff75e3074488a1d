// The module of an agent's process in the tests: tools that do what no tool should.
import { serveAgent } from '@junctor/isolated-agent'
import type { Tool, Workbench } from '@junctor/agent'

const tool = (name: string, run: Tool['run']): Tool => ({
  name,
  description: name,
  inputSchema: { type: 'object' },
  run,
})

serveAgent({
  tools: [
    tool('where', async () => String(process.pid)),
    tool('environment', async () => JSON.stringify(process.env)),
    tool('fail', async () => {
      throw new Error('it did not work')
    }),
    tool('hang', () => new Promise(() => {})),
    tool('spin', async () => {
      for (;;);
    }),
    tool('quit', async () => process.exit(3)),
    tool('eat-heap', async () => {
      const kept: string[][] = []
      for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => `${index}${kept.length}`))
    }),
    tool('eat-memory', async () => {
      const kept: Buffer[] = []
      for (;;) {
        kept.push(Buffer.alloc(16 * 2 ** 20, 1))
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }),
    tool('folder', async (_input, { workbench }) => (await workbench()).folder),
  ],
  openWorkbench: async (place) => ({ folder: String(place) }) as Workbench,
})
