import type { Tool } from '@junctor/agent'
import type { Store } from '@junctor/store'
import type { OpenConnection } from '../account.ts'
import { addressOf, textOf } from '../envelopes.ts'
import { parseInternal } from '../internal/internal-message.ts'
import type { TurnCauses } from '../turn-causes.ts'

export interface ReactToolOptions {
  readonly store: Store
  readonly causes: TurnCauses
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
}

/** The tool `react`: an emoji on the message that the turn answers, the first of several. */
export function reactTool({ store, causes, connection }: ReactToolOptions): Tool {
  return {
    name: 'react',
    description:
      'React with one emoji to the message that you are answering. It does not take the place of an answer.',
    inputSchema: {
      type: 'object',
      properties: { emoji: { type: 'string', description: 'Such as 👍' } },
      required: ['emoji'],
      additionalProperties: false,
    },
    async run(input, { agent, turnId, callId, signal }) {
      const emoji = textOf(input, 'emoji').trim()
      if (emoji === '') throw new TypeError('"emoji" is missing.')
      const { messageId } = causes.of(turnId)
      const stories = await store.agent(agent.id).find(messageId)
      const message = stories.map((story) => story.message).find(({ id }) => id === messageId)
      if (message === undefined || parseInternal(message.body) !== undefined)
        throw new TypeError('No person wrote what is answered here.')
      const { channel, accountId, nativeId } = message.reference
      const open = connection(channel, accountId)?.connection
      if (open === undefined) throw new TypeError(`${channel}/${accountId} is not connected.`)
      if (open.react === undefined) throw new TypeError(`There are no reactions on ${channel}.`)
      const options = { idempotencyKey: `${turnId}/${callId}`, signal }
      await open.react(addressOf(message.reference), nativeId, emoji, options)
      return `Reacted with ${emoji}.`
    },
  }
}
