import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message, Model, ModelEvent } from '@junctor/agent'
import { createPromptBuilder, runTurn, windowHistory, type TurnOptions } from '@junctor/runtime'

/** What the runtime itself costs, with a model that answers from memory. Run it with `node bench/turn.ts`. */
const workspace = await mkdtemp(join(tmpdir(), 'junctor-bench-'))
const agent = {
  id: 'bench',
  name: 'Bench',
  identity: {},
  workspace,
  agentDir: workspace,
  model: 'bench/memory',
}
for (const name of ['AGENTS.md', 'SOUL.md', 'USER.md']) {
  await writeFile(join(workspace, name), 'Be kind and brief.\n'.repeat(200))
}

const usage = { inputTokens: 1, outputTokens: 1 }
const end: ModelEvent = { type: 'done', stopReason: 'end', usage }
const toolRound: readonly ModelEvent[] = [
  { type: 'tool-call', callId: '', name: 'echo', input: {} },
  { type: 'done', stopReason: 'tool-calls', usage },
]
const message = (role: 'user' | 'assistant'): Message => ({
  role,
  parts: [{ type: 'text', text: 'Some words that were said before.' }],
})
const history = Array.from({ length: 200 }, (_, index) => message(index % 2 ? 'assistant' : 'user'))

function modelOf(...calls: readonly (readonly ModelEvent[])[]): Model {
  let count = 0
  return {
    spec: 'model-v1',
    id: 'bench/memory',
    async *stream() {
      yield* calls[count++ % calls.length] ?? []
    },
  }
}

function optionsFor(model: Model): TurnOptions {
  return {
    turnId: 'turn',
    agent,
    sessionKey: 'agent:bench:main',
    model,
    tools: Array.from({ length: 20 }, (_, index) => ({
      name: index === 0 ? 'echo' : `tool_${index}`,
      description: '',
      inputSchema: { type: 'object' },
      run: async () => 'ok',
    })),
    gate: { check: () => ({ allowed: true }) },
    history: windowHistory(history, 50),
    input: [message('user')],
    system: '',
    context: {},
    session: {},
    limits: {
      maxToolCalls: 10,
      turnTimeoutMs: 60_000,
      toolTimeoutMs: 60_000,
      maxOutputTokens: 1_000,
    },
    signal: new AbortController().signal,
    emit: () => {},
  }
}

async function measure(name: string, count: number, run: () => Promise<unknown>): Promise<void> {
  for (let warmUp = 0; warmUp < count / 5; warmUp += 1) await run()
  const times: number[] = []
  for (let round = 0; round < count; round += 1) {
    const start = performance.now()
    await run()
    times.push((performance.now() - start) * 1_000)
  }
  times.sort((a, b) => a - b)
  const at = (share: number): string => `${times[Math.floor(count * share)]?.toFixed(1)} µs`
  console.log(`${name}: median ${at(0.5)}, p99 ${at(0.99)}`)
}

const deltas = Array.from({ length: 500 }, (): ModelEvent => ({ type: 'text', text: 'five ' }))
const short = optionsFor(modelOf([{ type: 'text', text: 'Good day.' }, end]))
const long = optionsFor(modelOf([...deltas, end]))
const tools = optionsFor(modelOf(toolRound, [{ type: 'text', text: 'Done.' }, end]))
const builder = createPromptBuilder({ now: () => Date.now() + 60_000 })

await measure('a turn of one short answer', 20_000, () => runTurn(short))
await measure('a turn of 500 pieces of text', 2_000, () => runTurn(long))
await measure('a turn with one tool call', 20_000, () => runTurn(tools))
await measure('a prompt of three unchanged files', 5_000, () =>
  builder.build(agent, { channel: 'web' }),
)
await rm(workspace, { recursive: true })
