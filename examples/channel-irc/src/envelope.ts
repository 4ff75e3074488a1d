import { randomUUID } from 'node:crypto'
import type { MessageEnvelope } from '@junctor/channel'
import type { Line } from './line.ts'
import type { Link } from './link.ts'

const boot = randomUUID()
let lastNumber = 0

/** A PRIVMSG as an envelope. Undefined for what nobody said: requests that clients answer by themselves (CTCP). */
export function toEnvelope(
  { source, params, tags }: Line,
  { nick }: Link,
  accountId: string,
): MessageEnvelope | undefined {
  const [target = '', said = ''] = params
  const text = spoken(said)
  if (text === undefined || target === '') return undefined
  const isSelf = same(source, nick)
  const isDirect = !/^[#&+!]/.test(target)
  const replyTo = tags.get('+draft/reply')
  const mentioned = new RegExp(`(?<![\\w-])${RegExp.escape(nick)}(?![\\w-])`, 'i').test(text)
  return {
    type: 'message',
    channel: 'irc',
    accountId,
    peer: isDirect ? { kind: 'dm', id: isSelf ? target : source } : { kind: 'group', id: target },
    nativeId: tags.get('msgid') ?? nextId(),
    sender: { id: source, name: source, username: source, isBot: tags.has('bot'), isSelf },
    sentAt: sentAt(tags.get('time')),
    text,
    mentions: { self: mentioned, ids: [] },
    ...(replyTo === undefined ? {} : { replyTo: { nativeId: replyTo } }),
    attachments: [],
  }
}

/** Servers without message ids deliver once, so a number of our own is as good. */
function nextId(): string {
  lastNumber += 1
  return `${boot}-${lastNumber}`
}

function sentAt(time: string | undefined): number {
  const parsed = Date.parse(time ?? '')
  return Number.isNaN(parsed) ? Date.now() : parsed
}

/** Text between two of these is a request to a client: https://modern.ircdocs.horse/ctcp */
const ctcp = '\u0001'

function spoken(text: string): string | undefined {
  if (!text.startsWith(ctcp)) return text
  const request = text.replaceAll(ctcp, '')
  return request.startsWith('ACTION ') ? `* ${request.slice('ACTION '.length)}` : undefined
}

/** Nicks and rooms compare as servers compare them: https://modern.ircdocs.horse/#casemapping-parameter */
export function same(one: string, other: string): boolean {
  return fold(one) === fold(other)
}

function fold(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('[', '{')
    .replaceAll(']', '}')
    .replaceAll('\\', '|')
    .replaceAll('~', '^')
}
