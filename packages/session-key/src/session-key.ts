import type { SessionKeyParts, SessionThread } from './parts.ts'
import { encodeSegment } from './segment.ts'

/**
 * The key of a session. Injective: different parts give different keys, whatever characters the ids hold.
 * `parseSessionKey` reads it back. Nothing is lower-cased. Never throws.
 */
export function sessionKey(parts: SessionKeyParts): string {
  const agent = `agent:${encodeSegment(parts.agentId)}:`
  if (parts.kind === 'subagent' || parts.kind === 'cron')
    return `${agent}${parts.kind}:${encodeSegment(parts.id)}`
  const thread =
    parts.thread === undefined ? '' : `:${parts.thread.kind}:${encodeSegment(parts.thread.id)}`
  if (parts.kind === 'main') return agent + encodeSegment(parts.mainKey) + thread
  return `${agent}${placePrefix(parts)}${parts.kind}:${encodeSegment(parts.id)}${thread}`
}

/** How a channel's threads are written: `topic` on `telegram`, `thread` everywhere else. */
export function threadOf(channel: string, id: string): SessionThread {
  return { kind: channel === 'telegram' ? 'topic' : 'thread', id }
}

function placePrefix(
  parts: Exclude<SessionKeyParts, { kind: 'main' | 'subagent' | 'cron' }>,
): string {
  if ('scope' in parts) {
    if (parts.scope === 'per-peer') return ''
    if (parts.scope === 'per-channel-peer') return `${encodeSegment(parts.channel)}:`
  } else if (parts.accountId === 'default') {
    return `${encodeSegment(parts.channel)}:`
  }
  return `${encodeSegment(parts.channel)}:${encodeSegment(parts.accountId)}:`
}
