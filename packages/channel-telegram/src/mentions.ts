import type { Mentions } from '@junctor/channel'
import type { Message } from 'grammy/types'
import { answeredMessage } from './reference.ts'
import type { Account } from './update.ts'

/** Whom the entities call, and whether the account itself is among them. Offsets count UTF-16 code units, as strings do. */
export function readMentions(message: Message, account: Account): Mentions {
  const text = message.text ?? message.caption ?? ''
  const entities = message.entities ?? message.caption_entities ?? []
  const ids = new Set<string>()
  let self = answeredMessage(message)?.from?.id === account.botId

  for (const entity of entities) {
    const part = text.slice(entity.offset, entity.offset + entity.length).toLowerCase()
    if (entity.type === 'text_mention') {
      ids.add(String(entity.user.id))
      if (entity.user.id === account.botId) self = true
    } else if (
      (entity.type === 'mention' && part === `@${account.username}`) ||
      (entity.type === 'bot_command' && part.endsWith(`@${account.username}`))
    ) {
      self = true
      ids.add(String(account.botId))
    }
  }
  return { self, ids: [...ids] }
}
