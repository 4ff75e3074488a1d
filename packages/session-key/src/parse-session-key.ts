import { SessionKeyError } from './errors.ts'
import type { SessionKeyParts, SessionThread } from './parts.ts'
import { decodeSegment } from './segment.ts'

/**
 * The parts that {@link sessionKey} wrote.
 *
 * @throws SessionKeyError `INVALID_SESSION_KEY` for any other text, second spellings of a key included.
 */
export function parseSessionKey(key: string): SessionKeyParts {
  const parts = readSessionKey(key)
  if (parts !== undefined) return parts
  throw new SessionKeyError(
    'INVALID_SESSION_KEY',
    `${JSON.stringify(key)} is not a session key. Keys look like "agent:<agentId>:main" or "agent:<agentId>:<channel>:group:<id>"; a colon inside an id is written "%3A".`,
  )
}

/** True when {@link parseSessionKey} accepts the text. */
export function isSessionKey(text: string): boolean {
  return readSessionKey(text) !== undefined
}

// Encoded ids hold no colon, so the number of segments and the words at fixed places tell every kind apart.
function readSessionKey(key: string): SessionKeyParts | undefined {
  const [scheme, ...segments] = key.split(':')
  if (scheme !== 'agent') return undefined
  const ids = segments.map(decodeSegment)
  if (!ids.every((id) => id !== undefined)) return undefined
  const [agentId, ...rest] = ids
  if (agentId === undefined) return undefined

  const [kind, id] = rest
  if (rest.length === 2 && id !== undefined && (kind === 'subagent' || kind === 'cron'))
    return { kind, agentId, id }
  const thread = rest.length > 2 ? readThread(rest.at(-2), rest.at(-1)) : undefined
  return readConversation(agentId, thread === undefined ? rest : rest.slice(0, -2), thread)
}

function readConversation(
  agentId: string,
  place: readonly string[],
  thread: SessionThread | undefined,
): SessionKeyParts | undefined {
  const tail = thread === undefined ? {} : { thread }
  const id = place.at(-1) ?? ''
  if (place.length === 1) return { kind: 'main', agentId, mainKey: id, ...tail }

  const kind = place.at(-2)
  const [channel = '', accountId = ''] = place
  if (kind === 'dm' || kind === 'person') {
    const direct = { kind, agentId, id, ...tail } as const
    if (place.length === 2) return { ...direct, scope: 'per-peer' }
    if (place.length === 3) return { ...direct, scope: 'per-channel-peer', channel }
    if (place.length === 4) {
      return { ...direct, scope: 'per-account-channel-peer', channel, accountId }
    }
  }
  if (kind === 'group' || kind === 'channel') {
    const room = { kind, agentId, channel, id, ...tail } as const
    if (place.length === 3) return { ...room, accountId: 'default' }
    if (place.length === 4 && accountId !== 'default') return { ...room, accountId }
  }
  return undefined
}

function readThread(kind: string | undefined, id: string | undefined): SessionThread | undefined {
  return (kind === 'thread' || kind === 'topic') && id !== undefined ? { kind, id } : undefined
}
