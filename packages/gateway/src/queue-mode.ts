import type { Config, QueueMode } from '@junctor/config'
import type { Session } from '@junctor/store'

/** From the most careful to the most eager. */
export const QUEUE_MODES: readonly QueueMode[] = ['queue', 'collect', 'steer', 'interrupt']

/** What becomes of messages of a session that come while its agent is busy: as the session, the channel or the config says. */
export function queueModeOf(
  { messages: { queue } }: Config,
  channel: string,
  session: Pick<Session, 'settings'> | undefined,
): QueueMode {
  const own = session?.settings['queue']
  const chosen = QUEUE_MODES.find((mode) => mode === own)
  if (chosen !== undefined) return chosen
  return Object.hasOwn(queue.byChannel, channel)
    ? (queue.byChannel[channel] ?? queue.mode)
    : queue.mode
}
