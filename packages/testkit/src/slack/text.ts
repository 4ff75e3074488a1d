import { refuse } from './types.ts'

type Params = Readonly<Record<string, unknown>>

/** https://docs.slack.dev/reference/methods/chat.postMessage: "truncate messages containing more than 40,000 characters". */
const maxTextLength = 40_000
/** https://docs.slack.dev/reference/methods/chat.postMessage#arg_markdown_text */
export const maxMarkdownLength = 12_000

/** What a call says: the text on the wire, and how people read it. */
export interface Content {
  readonly text: string
  readonly shown: string
}

export function readContent(params: Params): Content {
  const text = textOf(params, 'text')
  const markdown = textOf(params, 'markdown_text')
  const blocks = params['blocks']
  if (markdown !== '') {
    if (text !== '' || blocks !== undefined) refuse('markdown_text_conflict')
    if (markdown.length > maxMarkdownLength) refuse('msg_too_long')
    return { text: markdown, shown: markdown }
  }
  if (text === '' && !(Array.isArray(blocks) && blocks.length > 0)) refuse('no_text')
  if (text.length > maxTextLength) refuse('msg_too_long')
  return { text, shown: readText(text, String(params['mrkdwn']) !== 'false') }
}

export function textOf(params: Params, name: string): string {
  const value = params[name]
  return typeof value === 'string' ? value : ''
}

/** What Slack's clients show of a text: https://docs.slack.dev/messaging/formatting-message-text */
export function readText(text: string, hasMarkup = true): string {
  const plain = text.replaceAll(/<([^<>]*)>/g, (_token, inner: string) => readToken(inner))
  const bare = hasMarkup
    ? plain.replaceAll(/(^|[\s(])([*_~`])(\S(?:[^\n]*?\S)?)\2(?=$|[\s).,!?])/gm, '$1$3')
    : plain
  return bare.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function readToken(inner: string): string {
  const [target = '', label] = inner.split('|', 2)
  if (label !== undefined) return label
  return target.startsWith('!') ? `@${target.slice(1)}` : target
}

/** Whom a text notifies. */
export function readPings(text: string): readonly string[] {
  const pattern =
    /<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone)|!subteam\^(S[A-Z0-9]+))(?:\|[^>]*)?>/g
  return [...text.matchAll(pattern)].map(([, user, group, team]) => user ?? group ?? team ?? '')
}

/** What a person typed, as Slack puts it on the wire. */
export function toWireText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
