import type { Outbound } from '@junctor/channel'
import { escapeMarkdown } from './escape.ts'
import { toDiscordMarkdown } from './markdown.ts'

/** https://discord.com/developers/docs/resources/message#create-message */
export const maxTextLength = 2000

/**
 * The content of a message. Discord has no formatting beside the text, so plain text needs escapes, and some Markdown gets
 * longer. Where that would be too long the text goes out as it was written: readable, only less pretty.
 */
export function formatOutbound({ text, format }: Pick<Outbound, 'text' | 'format'>): string {
  const clean = text.toWellFormed()
  if (clean.length > maxTextLength) return clean
  const formatted = format === 'markdown' ? toDiscordMarkdown(clean) : escapeMarkdown(clean)
  return formatted.length <= maxTextLength ? formatted : clean
}
