// Serves the page with a made-up gateway behind it: `node packages/api/test/dev-server.ts [port]`.
// Say "fail" for an answer that cannot be delivered, "refuse" to be turned away, "down" for a store that fails at first.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelHost, Connection, MessageEnvelope } from '@junctor/channel'
import { createApi, createAuth, type Entry, type Explanation } from '@junctor/api'
import { web } from '../../channel-web/src/index.ts'
import { createFakeControlPlane } from './fake-control-plane.ts'
import { serve } from './serve.ts'

const port = Number(process.argv[2] ?? 8099)
const origin = `http://127.0.0.1:${port}`
let connection: Connection | undefined
let failures = 0

const control = createFakeControlPlane({
  why: explain,
  handleRequest: async (channel, accountId, request) =>
    channel === 'web' && accountId === 'default' ? connection?.handleRequest?.(request) : undefined,
})

const host: ChannelHost = {
  accountId: 'default',
  log: { debug() {}, info() {}, warn() {}, error() {} },
  vault: { read: async () => undefined, write: async () => {}, remove: async () => {} },
  fetch: globalThis.fetch,
  signal: new AbortController().signal,
  report() {},
  async receive(envelope) {
    if (envelope.type !== 'message') return 'refused'
    if (control.entries.some(({ nativeId }) => nativeId === envelope.nativeId)) return 'duplicate'
    if (envelope.text === 'down' && (failures += 1) % 3 !== 0) throw new Error('The disk is full')
    const isRefused = envelope.text === 'refuse'
    add({
      direction: 'in',
      messageId: `in-${envelope.nativeId}`,
      nativeId: envelope.nativeId,
      at: envelope.sentAt,
      text: envelope.text,
      state: isRefused ? 'refused' : 'claimed',
      ...(isRefused
        ? { reason: 'channels.web.dmPolicy is "disabled"' }
        : { agentId: envelope.agentId ?? 'main' }),
    })
    if (isRefused) return 'refused'
    void answer(envelope)
    return 'accepted'
  },
}

async function answer(envelope: MessageEnvelope): Promise<void> {
  const { signal } = host
  const to = { channel: 'web', accountId: 'default', peer: envelope.peer }
  const call = { idempotencyKey: `out-${envelope.nativeId}`, signal }
  const isFailure = envelope.text === 'fail'
  const text = `You wrote **${envelope.text}**. Some \`code\`, *emphasis*, a [link](https://example.com), and a list:\n\n- one <b>not bold</b>\n- two\n\n\`\`\`ts\nconst answer: number = 42\n\`\`\`\n\nThat is all.`
  await connection?.typing?.(to, { signal })
  await sleep(600)
  let nativeId: string | undefined
  for (let end = 12; !isFailure && end < text.length + 12; end += 12) {
    const message = { text: text.slice(0, end), format: 'markdown' as const }
    if (nativeId === undefined) nativeId = (await connection?.send(to, message, call))?.nativeId
    else await connection?.edit?.(to, nativeId, message, call)
    await sleep(60)
  }
  control.entries = control.entries.map((entry) =>
    entry.nativeId === envelope.nativeId && entry.direction === 'in'
      ? { ...entry, state: 'done' }
      : entry,
  )
  add({
    direction: 'out',
    messageId: `out-${envelope.nativeId}`,
    ...(nativeId !== undefined && { nativeId }),
    at: Date.now(),
    text,
    agentId: envelope.agentId ?? 'main',
    state: isFailure ? 'failed' : 'sent',
    ...(isFailure && { reason: 'the page was closed for good' }),
  })
}

function add(entry: Entry): void {
  control.entries = [...control.entries, entry]
}

function explain(id: string): readonly Explanation[] {
  const entry = control.entries.find(({ messageId, nativeId }) =>
    [messageId, nativeId].includes(id),
  )
  if (entry === undefined) return []
  const agentId = entry.agentId ?? 'nobody'
  const { at } = entry
  return [
    {
      id: entry.messageId,
      outcome: entry.state,
      summary: `Agent ${agentId} answered, because no binding matched and it is the default.`,
      steps: [
        { at, step: 'received', text: 'The web page handed the message over.', details: {} },
        {
          at,
          step: 'admission',
          text: 'It was admitted, because people on the page are authenticated.',
          details: { rule: 'authenticated' },
        },
        {
          at,
          step: 'route',
          text: `No binding matched, so the default agent ${agentId} takes it.`,
          details: { tier: 'default', considered: [{ binding: 0, lost: 'channel is telegram' }] },
        },
      ],
    },
  ]
}

const auth = createAuth({ token: 'a-token-for-development' })
const api = createApi({ control, auth })
connection = await web().open({}, host)
await serve((request) => api.fetch(request), port)
process.stdout.write(`${auth.createLoginLink(origin).url}\n`)
