import { ChannelError, type Outbound } from '@junctor/channel'
import { maxTextLength } from './limits.ts'
import { escapeWireText } from './wire-text.ts'

/** The text of a message in the parameters of `chat.postMessage` and `chat.update`. */
export type TextParams =
  | { readonly markdown_text: string }
  | { readonly text: string; readonly mrkdwn: false; readonly parse: 'none' }

/** Slack renders Markdown itself, tables and all; plain text goes without any markup. Neither can notify anybody. */
export function toTextParams({ text, format }: Pick<Outbound, 'text' | 'format'>): TextParams {
  requireLength(text)
  // Half a surrogate pair is not UTF-8.
  const clean = text.toWellFormed()
  if (format === 'markdown') return { markdown_text: defuse(clean) }
  return { text: escapeWireText(clean), mrkdwn: false, parse: 'none' }
}

export function requireLength(text: string): void {
  if (text.length <= maxTextLength) return
  throw new ChannelError(
    'slack',
    'TOO_LARGE',
    `The text has ${text.length} characters, more than the ${maxTextLength} of a Slack message; send it in several.`,
  )
}

const token = /<(?=[@#][A-Z0-9]|![A-Za-z])/g

const openToken = /<[@#!]?$/

/**
 * `<!channel>`, `<@U123>` and their like notify people, and Slack documents no way to write them in Markdown without
 * that. With another bracket they are only text, of the same length.
 */
export function defuse(markdown: string): string {
  return markdown.replaceAll(token, '‹')
}

/** Where a token may begin that the text does not show whole yet; the length of the text if there is none. */
export function beginOfOpenToken(text: string): number {
  const at = text.search(openToken)
  return at < 0 ? text.length : at
}
