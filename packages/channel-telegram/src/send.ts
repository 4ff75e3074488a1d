import type { Address, Connection, Flights, Outbound, Sent } from '@junctor/channel'
import { GrammyError, type Api } from 'grammy'
import type { ReactionTypeEmoji } from 'grammy/types'
import { toApiSignal, type ApiSignal } from './api-signal.ts'
import type { ErrorMapper } from './errors.ts'
import { sendFiles } from './files.ts'
import { formatOutbound, type Formatted } from './formatted.ts'
import { toMessageId, toSent, toTarget, type Target } from './target.ts'

export interface SenderOptions {
  readonly api: Api
  readonly toError: ErrorMapper
  readonly run: Flights['run']
}

type Sender = Required<Pick<Connection, 'send' | 'edit' | 'remove' | 'react' | 'typing'>>

/** Posts and changes messages. No call is tried twice after it may have had an effect. */
export function createSender({ api, toError, run }: SenderOptions): Sender {
  /** Groups that became supergroups while this connection was open, by their old id. */
  const movedTo = new Map<string, string>()

  const attempt = async <Result>(
    action: string,
    to: Address,
    signal: AbortSignal,
    call: (target: Target, signal: ApiSignal) => Promise<Result>,
  ): Promise<Result> =>
    run(signal, async (both) => {
      const joined = toApiSignal(both)
      try {
        return await call(toTarget(to, movedTo), joined)
      } catch (error) {
        const next = error instanceof GrammyError && error.parameters.migrate_to_chat_id
        if (!next) throw toError(error, action)
        // Refused, so nothing was posted: the same call to the new id is not a second message.
        movedTo.set(to.peer.id, String(next))
      }
      try {
        return await call(toTarget(to, movedTo), joined)
      } catch (error) {
        throw toError(error, action)
      }
    })

  return {
    send: (to, message, { signal }) =>
      attempt('send', to, signal, (target, joined) =>
        post({ api, toError }, target, message, joined),
      ),

    edit: (to, nativeId, message, { signal }) =>
      attempt('edit', to, signal, async ({ chat_id: chatId }, joined) => {
        const { text, entities } = formatOutbound(message)
        const messageId = toMessageId(nativeId)
        await api.raw
          .editMessageText(
            { chat_id: chatId, message_id: messageId, text, entities: [...entities] },
            joined,
          )
          .catch(async (error: unknown) => {
            if (isRefusal(error, 'message is not modified')) return
            if (!isRefusal(error, 'no text in the message to edit')) throw error
            await editCaption({ chatId, messageId, text, entities }, joined)
          })
      }),

    remove: (to, nativeId, { signal }) =>
      attempt('remove', to, signal, async ({ chat_id: chatId }, joined) => {
        await api.deleteMessage(chatId, toMessageId(nativeId), joined)
      }),

    react: (to, nativeId, emoji, { signal }) =>
      attempt('react', to, signal, async ({ chat_id: chatId }, joined) => {
        const reaction = { type: 'emoji', emoji } as ReactionTypeEmoji
        await api.setMessageReaction(
          chatId,
          toMessageId(nativeId),
          emoji ? [reaction] : [],
          {},
          joined,
        )
      }),

    typing: (to, { signal }) =>
      attempt('typing', to, signal, async (target, joined) => {
        await api.raw.sendChatAction({ ...target, action: 'typing' }, joined)
      }),
  }

  async function editCaption(
    change: Formatted & { readonly chatId: string; readonly messageId: number },
    signal: ApiSignal,
  ): Promise<void> {
    const { chatId, messageId, text, entities } = change
    const caption = { caption: text, caption_entities: [...entities] }
    await api.editMessageCaption(chatId, messageId, caption, signal).catch((error: unknown) => {
      if (!isRefusal(error, 'message is not modified')) throw error
    })
  }
}

async function post(
  { api, toError }: Pick<SenderOptions, 'api' | 'toError'>,
  target: Target,
  message: Outbound,
  signal: ApiSignal,
): Promise<Sent> {
  const formatted = formatOutbound(message)
  const common = {
    ...target,
    ...(message.replyTo === undefined
      ? {}
      : {
          reply_parameters: {
            message_id: toMessageId(message.replyTo),
            // The answer matters more than the arrow to a message that was deleted meanwhile.
            allow_sending_without_reply: true,
          },
        }),
  }
  if (message.files?.length) {
    return sendFiles({ api, toError }, common, { ...formatted, files: message.files }, signal)
  }
  const { text, entities } = formatted
  const sent = await api.raw.sendMessage(
    entities.length > 0 ? { ...common, text, entities: [...entities] } : { ...common, text },
    signal,
  )
  return toSent(sent)
}

function isRefusal(error: unknown, text: string): boolean {
  return error instanceof GrammyError && error.description.includes(text)
}
