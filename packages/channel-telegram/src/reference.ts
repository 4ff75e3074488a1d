import type { Reference } from '@junctor/channel'
import type { Message } from 'grammy/types'

type Answered = NonNullable<Message['reply_to_message']>

/** The message that this one answers. In a topic every message "answers" the topic's opening, which nobody meant. */
export function answeredMessage(message: Message): Answered | undefined {
  const answered = message.reply_to_message
  if (!answered) return undefined
  if (message.is_topic_message && answered.message_id === message.message_thread_id)
    return undefined
  return answered
}

export function readReference(message: Message): Reference | undefined {
  const answered = answeredMessage(message)
  if (!answered) return undefined
  const sender = answered.sender_chat ?? answered.from
  const text = answered.text ?? answered.caption
  return {
    nativeId: String(answered.message_id),
    ...(sender ? { senderId: String(sender.id) } : {}),
    ...(text === undefined ? {} : { text }),
  }
}
