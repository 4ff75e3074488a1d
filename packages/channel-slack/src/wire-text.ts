import type { Mentions } from '@junctor/channel'

/**
 * What people see of a text on the wire, without the markup of links: https://docs.slack.dev/messaging/formatting-message-text.
 * People stay `<@U123>`, which is their exact id.
 */
export function readWireText(text: string): string {
  return unescape(text.replaceAll(/<([^<>@][^<>]*)>/g, (_token, inner: string) => readToken(inner)))
}

function readToken(inner: string): string {
  const [target = '', label = ''] = inner.split('|', 2)
  switch (target[0]) {
    case '#':
      return label === '' ? `<${target}>` : `#${label}`
    case '!':
      return label === '' ? `@${target.slice(1)}` : label
    default: {
      const address = target.replace(/^mailto:/, '')
      const isSame = label === '' || address === label || address.endsWith(`//${label}`)
      return isSame ? address : `${label} (${address})`
    }
  }
}

function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** What people would type: nothing in it is a token. */
export function escapeWireText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Whom a text on the wire calls. */
export function readMentionIds(text: string): Mentions['ids'] {
  return [
    ...new Set([...text.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)].map(([, id]) => id ?? '')),
  ]
}

/** A call at the very beginning is the address, not a part of what is said: `@bot /help` is `/help`. */
export function withoutAddress(text: string, userId: string): string {
  return text.replace(new RegExp(`^\\s*<@${userId}(?:\\|[^<>]*)?>[\\s:,]*`), '')
}
