import type { APIMessage } from '@discordjs/core'
import {
  ChannelError,
  type Address,
  type Connection,
  type Outbound,
  type Sent,
} from '@junctor/channel'
import { createHash } from 'node:crypto'
import type { Calls } from './calls.ts'
import type { Commands } from './commands.ts'
import type { Directs } from './directs.ts'
import { readFiles } from './files.ts'
import { formatOutbound } from './formatted.ts'

export interface SenderOptions {
  readonly calls: Calls
  readonly directs: Directs
  readonly commands: Commands
}

type Sender = Required<Pick<Connection, 'send' | 'edit' | 'remove' | 'react' | 'typing'>>

/** Nobody is notified but the person who is answered: not by `@everyone`, not by names in the text. */
const allowedMentions = { parse: [], replied_user: true }
const threadIsArchived = 50_083

/** Posts and changes messages. No call is tried twice after it may have had an effect. */
export function createSender({ calls, directs, commands }: SenderOptions): Sender {
  const { api } = calls

  const attempt = <Result>(
    action: string,
    to: Address,
    signal: AbortSignal,
    call: (channelId: string, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> =>
    calls.run(action, signal, async (joined) => {
      const channelId = await channelOf(to, joined)
      try {
        return await call(channelId, joined)
      } catch (error) {
        // Refused, so nothing happened: the same call to the opened thread is no second message.
        if (errorCodeOf(error) !== threadIsArchived) throw error
        await api.channels.edit(channelId, { archived: false }, { signal: joined })
        return call(channelId, joined)
      }
    })

  const channelOf = async ({ peer, threadId }: Address, signal: AbortSignal): Promise<string> =>
    threadId ?? (peer.kind === 'dm' ? directs.channelOf(peer.id, signal) : peer.id)

  const post = async (
    channelId: string,
    message: Outbound,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Sent> => {
    const { replyTo } = message
    const body = { content: formatOutbound(message), allowed_mentions: allowedMentions }
    const files = await readFiles(message.files ?? [])
    const answer = { channelId, replyTo, idempotencyKey, body, files, signal }
    const answered = await commands.answer(answer)
    if (answered) return toSent(answered)
    const created = await api.channels.createMessage(
      channelId,
      {
        ...body,
        nonce: nonceOf(idempotencyKey),
        enforce_nonce: true,
        ...(replyTo === undefined
          ? {}
          : // The answer matters more than the arrow to a message that was deleted meanwhile.
            { message_reference: { message_id: replyTo, fail_if_not_exists: false } }),
        ...(files.length > 0 ? { files: [...files] } : {}),
      },
      { signal },
    )
    // The nonce found an earlier message, such as the beginning of this answer: the same key is the same message.
    if (created.content.trim() !== body.content.trim())
      await api.channels.editMessage(
        channelId,
        created.id,
        { content: body.content, allowed_mentions: allowedMentions },
        { signal },
      )
    return toSent(created)
  }

  return {
    send: (to, message, { signal, idempotencyKey }) =>
      attempt('send', to, signal, (channelId, joined) =>
        post(channelId, message, idempotencyKey, joined),
      ),

    edit: (to, nativeId, message, { signal }) =>
      attempt('edit', to, signal, async (channelId, joined) => {
        const body = { content: formatOutbound(message), allowed_mentions: allowedMentions }
        await api.channels.editMessage(channelId, nativeId, body, { signal: joined })
      }),

    remove: (to, nativeId, { signal }) =>
      attempt('remove', to, signal, async (channelId, joined) => {
        await api.channels.deleteMessage(channelId, nativeId, { signal: joined })
      }),

    react: (to, nativeId, emoji, { signal }) =>
      attempt('react', to, signal, async (channelId, joined) => {
        const options = { signal: joined }
        if (emoji !== '') {
          const name = toReaction(emoji)
          return api.channels.addMessageReaction(channelId, nativeId, name, options)
        }
        const { reactions = [] } = await api.channels.getMessage(channelId, nativeId, options)
        for (const { me, emoji: given } of reactions) {
          const name = given.id === null ? given.name : `${given.name ?? '_'}:${given.id}`
          if (!me || name === null) continue
          await api.channels.deleteOwnMessageReaction(channelId, nativeId, name, options)
        }
      }),

    typing: (to, { signal }) =>
      attempt('typing', to, signal, async (channelId, joined) => {
        await api.channels.showTyping(channelId, { signal: joined })
      }),
  }
}

/** A nonce has at most 25 characters. */
function nonceOf(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 25)
}

function toSent({ id, timestamp }: Partial<APIMessage>): Sent {
  const sentAt = Date.parse(timestamp ?? '')
  if (typeof id === 'string' && Number.isSafeInteger(sentAt)) return { nativeId: id, sentAt }
  throw new ChannelError('discord', 'UNKNOWN', 'Discord send: the answer is no message.')
}

/** A character, `name:id`, or `<:name:id>` as people write it. */
function toReaction(emoji: string): string {
  return /^<a?:(\w+:\d+)>$/.exec(emoji)?.[1] ?? emoji
}

function errorCodeOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error ? Number(error.code) : undefined
}
