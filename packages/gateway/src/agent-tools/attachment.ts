import type { Tool } from '@junctor/agent'
import type { Attachment, MessageEnvelope } from '@junctor/channel'
import type { Store } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { fieldOf, parseEnvelope, textOf } from '../envelopes.ts'
import { countOf } from './input.ts'

export interface AttachmentToolOptions {
  readonly store: Store
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
}

/** As much as Telegram gives bots. */
const MOST_BYTES = 20 * 1024 * 1024
const LONGEST_NAME = 80

/**
 * The tool `attachment`: puts a file that somebody sent into the workspace. Its bytes come from the platform when the agent asks
 * for them, and only from where the channel itself fetches files.
 */
export function attachmentTool(options: AttachmentToolOptions): Tool {
  return {
    name: 'attachment',
    description:
      'Save a file that somebody sent in this conversation into your workspace. Messages show their files as [image "cat.png", 2048 bytes, attachment 1 of msg_…].',
    inputSchema: {
      type: 'object',
      properties: {
        message: { type: 'string', description: 'The id that the message shows: msg_…' },
        number: { type: 'integer', description: 'Which of its files. Default: 1' },
        path: {
          type: 'string',
          description: 'Where to. Default: a name of its own in attachments/',
        },
      },
      required: ['message'],
      additionalProperties: false,
    },
    async run(input, { agent, sessionKey, workbench, signal }) {
      const id = textOf(input, 'message')
      const envelope = await sentHere(options.store, agent.id, sessionKey, id)
      const most = envelope.attachments.length
      if (most === 0) throw new TypeError(`The message ${id} has no files.`)
      const number = countOf(input, 'number', { least: 1, most, otherwise: 1 })
      const attachment = envelope.attachments[number - 1]
      if (attachment === undefined) throw new TypeError(`The message ${id} has no file ${number}.`)
      const bytes = await fetched(options, envelope, attachment, signal)
      const path = textOf(input, 'path') || `attachments/${id}-${number}-${fileName(attachment)}`
      await (await workbench()).writeFile(path, bytes, { signal })
      return `Saved ${bytes.length} bytes to ${path}.`
    },
  }
}

/** Never a message of another session: an id is no secret. */
async function sentHere(
  store: Store,
  agentId: string,
  sessionKey: string,
  id: string,
): Promise<MessageEnvelope> {
  const agent = store.agent(agentId)
  const found = (await agent.find(id)).map(({ message }) => message)
  const own = [...found, ...(await agent.kept(sessionKey))].find(
    (message) => message.id === id && message.sessionKey === sessionKey,
  )
  if (own !== undefined && fieldOf(own.body, 'type') === 'message') return parseEnvelope(own.body)
  throw new TypeError(`There is no message "${id}" in this conversation.`)
}

async function fetched(
  { connection }: AttachmentToolOptions,
  { channel, accountId }: MessageEnvelope,
  { ref, sizeBytes = 0 }: Attachment,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (sizeBytes > MOST_BYTES) throw tooLarge(sizeBytes)
  const open = connection(channel, accountId)?.connection
  if (open === undefined) throw new TypeError(`${channel}/${accountId} is not connected.`)
  if (open.download === undefined) throw new TypeError(`The channel ${channel} fetches no files.`)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of await open.download(ref, { signal })) {
    size += chunk.length
    // What a sender says of the size is only what they say.
    if (size > MOST_BYTES) throw tooLarge(size)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(size: number): Error {
  return new TypeError(`The file has ${size} bytes or more, and ${MOST_BYTES} is the most.`)
}

/** The sender chose the name: what is left of it can lead nowhere. */
function fileName({ kind, name = kind }: Attachment): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '_').slice(-LONGEST_NAME)
}
