import type { Address } from '@junctor/channel'
import type { Config, ResetRule } from '@junctor/config'
import type { Session } from '@junctor/store'

const MINUTE_MS = 60_000

/** Names a conversation that begins anew under its session key. */
export function newSessionId(): string {
  return `session_${crypto.randomUUID()}`
}

/**
 * Whether what was said before has become another conversation, by the rule for the place that a message came from, or the
 * general one where it came from nowhere.
 */
export function isStale(
  { session: rules }: Pick<Config, 'session'>,
  session: Session | undefined,
  from: Address | undefined,
  at: number,
): boolean {
  if (session === undefined || session.turns === 0) return false
  const { mode, atHour, idleMinutes } = ruleFor(rules, from)
  if (mode === 'off') return false
  const isIdle = idleMinutes !== undefined && at - session.updatedAt >= idleMinutes * MINUTE_MS
  return isIdle || (mode === 'daily' && session.updatedAt < lastTimeAt(atHour, at))
}

function ruleFor(
  { reset, resetByType, resetByChannel }: Config['session'],
  from: Address | undefined,
): ResetRule {
  if (from === undefined) return reset
  const { channel, peer, threadId } = from
  const type = threadId !== undefined ? 'thread' : peer.kind === 'dm' ? 'dm' : 'group'
  const ofChannel = Object.hasOwn(resetByChannel, channel) ? resetByChannel[channel] : undefined
  return ofChannel ?? resetByType[type] ?? reset
}

/** When it was last that hour, by the machine's clock. */
function lastTimeAt(hour: number, at: number): number {
  const day = new Date(at)
  day.setHours(hour, 0, 0, 0)
  if (day.getTime() > at) day.setDate(day.getDate() - 1)
  return day.getTime()
}
