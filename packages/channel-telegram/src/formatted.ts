import type { Outbound } from '@junctor/channel'
import type { MessageEntity } from 'grammy/types'
import { markdownToEntities } from './markdown.ts'

/** Text with its formatting beside it: nothing has to be escaped and nothing can fail to parse. */
export interface Formatted {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

export function formatOutbound({ text, format }: Pick<Outbound, 'text' | 'format'>): Formatted {
  // Half a surrogate pair is not UTF-8, and Telegram refuses the message for it.
  const clean = text.toWellFormed()
  return format === 'markdown' ? markdownToEntities(clean) : { text: clean, entities: [] }
}
