import {
  sessionKey,
  threadOf,
  type SessionKeyParts,
  type SessionThread,
} from '@junctor/session-key'

/** How a key of the Clawdbot family is read. */
export interface KeyReading {
  /** Whose it is when it does not say so: older keys do not. */
  readonly agentId: string
  /** Other names of the one conversation that everybody shares. */
  readonly mainKeys: readonly string[]
  /** What it is called here. */
  readonly mainKey: string
  /** The account that a room belongs to; their keys do not say. */
  readonly accountOf: (channel: string) => string
  /** People with several accounts: their names stand where an id would. */
  readonly people: readonly string[]
}

export type KeyOutcome =
  | { readonly key: string; readonly agentId: string }
  /** Why there is no such conversation here. */
  | { readonly reason: string }

/** Sessions that are no conversation with anybody. */
const machines: readonly (readonly [begins: RegExp, reason: string])[] = [
  [/^cron(:|$)/, 'it belongs to a scheduled job'],
  [/^(hook|webhook)(:|$)/, 'it belongs to a web hook'],
  [/^acp(:|$)/, 'it belongs to an editor'],
  [/^node(-|:|$)/, 'it belongs to a device'],
  [/^(openai|openresponses)(:|-|$)/, 'it belongs to a program that called the API'],
  [/^tui(-|:|$)/, 'it belongs to a terminal'],
  [/^heartbeat(:|$)/, 'it belongs to the heartbeat'],
  [/^global$/, 'one conversation for all chats of all agents has no place here'],
  [/^unknown$/, 'it does not say whose it is'],
]

/** The key that a conversation of theirs has here, for old and new spellings. */
export function mapSessionKey(theirs: string, reading: KeyReading): KeyOutcome {
  const parts = theirs.trim().split(':')
  const isOwned = parts[0] === 'agent' && parts.length > 2
  const agentId = isOwned ? (parts[1] ?? '') : reading.agentId
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(agentId))
    return { reason: `"${agentId}" cannot be the id of an agent` }
  const rest = isOwned ? parts.slice(2) : parts
  const isMain = [...reading.mainKeys, 'main'].includes(rest[0] ?? '')
  const machine = isMain ? undefined : machines.find(([begins]) => begins.test(rest.join(':')))
  if (machine !== undefined) return { reason: machine[1] }
  const conversation = readConversation(rest, { ...reading, agentId })
  return conversation === undefined
    ? { reason: 'nothing here reads such a key' }
    : { key: sessionKey(conversation), agentId }
}

function readConversation(
  rest: readonly string[],
  reading: KeyReading,
): SessionKeyParts | undefined {
  const { agentId, mainKey, mainKeys } = reading
  const [first = ''] = rest
  if (first === 'subagent')
    return rest.length === 2 ? { kind: 'subagent', agentId, id: rest[1] ?? '' } : undefined
  const { place, thread } = splitThread(rest)
  const isMain = place.length === 1 && [...mainKeys, 'main'].includes(first)
  if (isMain)
    return {
      kind: 'main',
      agentId,
      mainKey,
      ...(thread && { thread: { kind: 'thread', id: thread } }),
    }
  const kindAt = place.findIndex((word) => kinds.has(word))
  if (kindAt === -1) return readOldest(place, reading)
  const id = place.slice(kindAt + 1).join(':')
  const kind = kinds.get(place[kindAt] ?? '')
  if (kind === undefined || id === '' || kindAt > 2) return undefined
  // The oldest rooms are WhatsApp's, which had no name of its own then.
  const channel = kindAt > 0 ? nameOf(place[0] ?? '') : kind === 'dm' ? undefined : 'whatsapp'
  const accountId = kindAt === 2 ? place[1] : undefined
  const tail = threadParts(channel, thread)
  if (kind === 'dm')
    return direct({ agentId, channel, accountId, id, people: reading.people }, tail)
  if (channel === undefined) return undefined
  return {
    kind,
    agentId,
    channel,
    accountId: accountId ?? reading.accountOf(channel),
    id: exactId(channel, id),
    ...tail,
  }
}

const kinds: ReadonlyMap<string, 'dm' | 'group' | 'channel'> = new Map([
  ['dm', 'dm'],
  ['direct', 'dm'],
  ['group', 'group'],
  ['channel', 'channel'],
])

/** Before there were kinds: `+1555…` wrote on WhatsApp, and `telegram:1001` on Telegram. */
function readOldest(
  place: readonly string[],
  { agentId, people }: KeyReading,
): SessionKeyParts | undefined {
  const [first = '', second] = place
  const own = { agentId, accountId: undefined, people }
  if (place.length === 1 && /^\+\d{5,}$/.test(first))
    return direct({ ...own, channel: 'whatsapp', id: first }, {})
  if (place.length === 1 && /^[\d-]+@g\.us$/.test(first)) {
    const accountId = 'default'
    return { kind: 'group', agentId, channel: 'whatsapp', accountId, id: first }
  }
  const isDirect =
    place.length === 2 && /^(telegram|discord|slack|whatsapp|signal|imessage)$/.test(first)
  return isDirect && second !== undefined && second !== ''
    ? direct({ ...own, channel: first, id: second }, {})
    : undefined
}

interface Direct {
  readonly agentId: string
  readonly channel: string | undefined
  readonly accountId: string | undefined
  readonly id: string
  readonly people: readonly string[]
}

function direct(
  { agentId, channel, accountId, id, people }: Direct,
  tail: { readonly thread?: SessionThread },
): SessionKeyParts {
  const person = people.find((name) => name.toLowerCase() === id.toLowerCase())
  const kind = person === undefined ? 'dm' : 'person'
  const own = { kind, agentId, id: person ?? exactId(channel, id), ...tail } as const
  if (channel === undefined) return { ...own, scope: 'per-peer' }
  if (accountId === undefined) return { ...own, scope: 'per-channel-peer', channel }
  return { ...own, scope: 'per-account-channel-peer', channel, accountId }
}

/** A thread or topic is the last thing that their keys name. */
function splitThread(rest: readonly string[]): {
  readonly place: readonly string[]
  readonly thread: string | undefined
} {
  const at = rest.findLastIndex((word) => word === 'thread' || word === 'topic')
  if (at < 1 || at === rest.length - 1) return { place: rest, thread: undefined }
  return { place: rest.slice(0, at), thread: rest.slice(at + 1).join(':') }
}

function threadParts(
  channel: string | undefined,
  thread: string | undefined,
): { readonly thread?: SessionThread } {
  return thread === undefined ? {} : { thread: threadOf(channel ?? '', thread) }
}

function nameOf(channel: string): string {
  return channel === 'webchat' ? 'web' : channel
}

/** Their keys are in small letters. Slack's ids are in capitals: https://api.slack.com/types */
function exactId(channel: string | undefined, id: string): string {
  return channel === 'slack' ? id.toUpperCase() : id
}
