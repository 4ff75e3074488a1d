import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Anthropic } from '@anthropic-ai/sdk'
import type { MessageCreateParamsStreaming } from '@anthropic-ai/sdk/resources/messages'
import { createModels } from '@junctor/models'
import type { ModelServerCommand, ModelServerReport } from '@junctor/testkit/models'

// What a turn through this package costs beside the bare SDK, against a fake provider in a process of its own.
// Both sides take turns in small blocks, so that noise of the machine hits them alike.

const blocks = 40
const turnsPerBlock = 25
const text = 'The quick brown fox jumps over the lazy dog. '.repeat(8)
const request = {
  system: '',
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  maxOutputTokens: 1000,
  context: {},
} as const

const script = fileURLToPath(new URL('../../testkit/src/models/main.ts', import.meta.url))
const server = fork(script, { execArgv: [] })
const [ready] = (await once(server, 'message')) as [ModelServerReport]
if (ready.type !== 'ready') throw new Error(`Unexpected ${ready.type}`)
server.send({ type: 'configure', step: { text } } satisfies ModelServerCommand)
await once(server, 'message')

const sdk = new Anthropic({
  apiKey: 'any',
  baseURL: ready.url,
  maxRetries: 0,
  openTelemetry: false,
})
const models = createModels({ env: { ANTHROPIC_API_KEY: 'any', ANTHROPIC_BASE_URL: ready.url } })
const model = models.resolve('anthropic/fake')

const body: MessageCreateParamsStreaming = {
  model: 'fake',
  max_tokens: 1000,
  stream: true,
  messages: [{ role: 'user', content: 'Hello' }],
}

const sides = {
  'bare SDK': async () => {
    const { signal } = new AbortController()
    let length = 0
    for await (const event of await sdk.messages.create(body, { signal })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') {
        length += event.delta.text.length
      }
    }
    return length
  },
  '@junctor/models': async () => {
    const { signal } = new AbortController()
    let length = 0
    for await (const event of model.stream(request, { signal })) {
      if (event.type === 'text') length += event.text.length
    }
    return length
  },
}

const timesMs: Record<string, number[]> = {}
for (let block = 0; block < blocks; block += 1) {
  for (const [name, turn] of Object.entries(sides)) {
    const startedAt = performance.now()
    for (let index = 0; index < turnsPerBlock; index += 1) {
      if ((await turn()) !== text.length) throw new Error(`${name} lost text`)
    }
    // The first blocks warm up.
    if (block >= 5) (timesMs[name] ??= []).push((performance.now() - startedAt) / turnsPerBlock)
  }
}
server.send({ type: 'stop' } satisfies ModelServerCommand)

const medians = Object.entries(timesMs).map(([name, values]) => {
  const median = values.sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0
  console.log(
    `${name.padEnd(16)} ${median.toFixed(3)} ms per turn (median of ${values.length} blocks)`,
  )
  return median
})
const [bare = 0, ours = 0] = medians
console.log(`${'overhead'.padEnd(16)} ${(ours - bare).toFixed(3)} ms per turn`)
