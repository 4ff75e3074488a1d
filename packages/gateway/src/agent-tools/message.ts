import type { Tool } from '@junctor/agent'
import type { Address } from '@junctor/channel'
import type { Store } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { commandTurn } from '../command-turn.ts'
import { composeDeliveries } from '../delivery/compose.ts'
import type { KeptFile } from '../delivery/outbound-files.ts'
import { fieldOf, textOf, toJson } from '../envelopes.ts'
import type { NewId } from '../ids.ts'
import { internalBody, internalReference } from '../internal/internal-message.ts'
import type { Snapshot } from '../snapshot.ts'
import type { TurnCauses } from '../turn-causes.ts'
import { keepFiles } from './kept-files.ts'
import type { FindRecipient } from './recipient.ts'

export interface MessageToolOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly causes: TurnCauses
  readonly recipient: FindRecipient
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  readonly deliver: (agentId: string, sessionKey: string) => void
  readonly newId: NewId
  readonly now: () => number
}

const LONGEST_TEXT = 20_000

/** The tool `message`: a message to people, where the agent answers them, without being asked by them. */
export function messageTool(options: MessageToolOptions): Tool {
  const { store, snapshot, causes, newId, now } = options

  const addressIn = (input: Parameters<Tool['run']>[0], here: Address | undefined): Address => {
    const channel = textOf(input, 'channel')
    if (channel === '' && textOf(input, 'to') === '') {
      if (here !== undefined) return here
      throw new TypeError(
        'Not sent: "channel" and "to" are missing, and nobody waits for an answer.',
      )
    }
    const { channels } = snapshot().config
    const accounts = Object.hasOwn(channels, channel) ? Object.keys(channels[channel] ?? {}) : []
    const accountId = textOf(input, 'accountId') || (accounts.length === 1 ? accounts[0] : '')
    if (accountId === undefined || accountId === '')
      throw new TypeError('Not sent: "accountId" is missing; the channel has not just one account.')
    const kind = textOf(input, 'kind') || 'dm'
    if (kind !== 'dm' && kind !== 'group' && kind !== 'channel')
      throw new TypeError('Not sent: "kind" must be "dm", "group" or "channel".')
    const threadId = fieldOf(input, 'threadId')
    return {
      channel,
      accountId,
      peer: { kind, id: textOf(input, 'to') },
      ...(typeof threadId === 'string' ? { threadId } : {}),
    }
  }

  return {
    name: 'message',
    description:
      'Send a message to a person or a room where you are the one who answers. Your answer to the message in hand is sent by itself: this is for messages elsewhere, and for files. Without `channel` and `to` it goes to the conversation in hand.',
    inputSchema: {
      type: 'object',
      properties: {
        channel: { type: 'string', description: 'Such as "telegram".' },
        accountId: { type: 'string', description: 'Needed where the channel has several.' },
        kind: { type: 'string', enum: ['dm', 'group', 'channel'], description: 'Default: dm.' },
        to: { type: 'string', description: 'The id of the person or the room.' },
        threadId: { type: 'string' },
        text: { type: 'string', description: 'Markdown.' },
        files: {
          type: 'array',
          items: { type: 'string' },
          description: 'Paths of files of your workspace that go with it.',
        },
        idempotencyKey: { type: 'string', description: 'What has one key is sent once, ever.' },
      },
      required: ['text'],
      additionalProperties: false,
    },
    once: 'by call id',
    async run(input, context) {
      const { agent, sessionKey: from } = context
      const text = textOf(input, 'text')
      if (text.trim() === '') throw new TypeError('Not sent: "text" is empty.')
      if (text.length > LONGEST_TEXT)
        throw new TypeError(`Not sent: "text" has more than ${LONGEST_TEXT} characters.`)
      const cause = causes.of(context.turnId)
      const address = addressIn(input, cause.answerTo?.address)
      const open = options.connection(address.channel, address.accountId)
      const capabilities = open?.channel.capabilities
      const found = await options.recipient(agent.id, address, capabilities)
      if ('refused' in found) throw new TypeError(`Not sent: ${found.refused}.`)
      const { sessionKey } = found
      const id = newId('msg')
      const own = textOf(input, 'idempotencyKey')
      const key = own === '' ? `${cause.messageId}/${context.callId}` : `key/${own}`
      const files = await keepFiles(store, input, { key, capabilities, context })
      const origin = { kind: 'message', agentId: agent.id } as const
      const causation = { ...cause.causation, parentId: cause.messageId }
      const answerTo = { address, recipientId: address.peer.id }
      const receipt = await store.agent(agent.id).answer(
        {
          id,
          reference: internalReference(origin, key),
          sessionKey,
          body: internalBody({ origin, text, causation, answerTo, sentAt: now() }),
          trace: null,
        },
        () => ({
          turn: commandTurn(newId('turn'), now(), { sentBy: from }),
          // In this very session the call itself stands in the transcript.
          transcript:
            sessionKey === from
              ? []
              : [{ role: 'assistant', parts: [toJson({ type: 'text', text: said(text, files) })] }],
          deliveries: composeDeliveries({
            text,
            files,
            agentId: agent.id,
            address,
            capabilities,
            newId,
            messageId: id,
          }),
          outcome: { state: 'done' },
        }),
      )
      if (receipt.status === 'answered') options.deliver(agent.id, sessionKey)
      const status = receipt.status === 'answered' ? 'accepted' : 'duplicate'
      return JSON.stringify({ status, messageId: receipt.id, sessionKey })
    },
  }
}

/** What the conversation there is told to have heard. */
function said(text: string, files: readonly KeptFile[]): string {
  return [text, ...files.map(({ name }) => `[file ${JSON.stringify(name)}]`)].join('\n')
}
