import { ChannelError, createBackoff, type ChannelHost, type HealthBoard } from '@junctor/channel'
import { openLink, type Link, type LinkOptions } from './socket-link.ts'

export interface SocketModeOptions extends Omit<LinkOptions, 'onHello'> {
  readonly host: ChannelHost
  readonly health: HealthBoard
  /** Called with each greeting, before any event, with how long nothing could come. */
  readonly onHello: (cutOffMs: number) => void
}

export interface SocketMode {
  /** Resolves when no connection is open any more. */
  readonly ended: Promise<void>
}

/** Keeps one connection open until the signal aborts. Rejects when the first one cannot be opened. */
export async function startSocketMode(options: SocketModeOptions): Promise<SocketMode> {
  const { host, health, timing, signal } = options
  const backoff = createBackoff(timing)
  const retiring = new Set<Promise<void>>()
  let openSince = 0
  let lostAt: number | undefined
  let isSwitchedOff = false

  const open = async (): Promise<Link> => {
    const link = await openLink({
      ...options,
      onHello: () => options.onHello(lostAt === undefined ? 0 : timing.now() - lostAt),
    })
    openSince = timing.now()
    lostAt = undefined
    isSwitchedOff = false
    health.set('connection', { state: 'online' })
    void link.ended.then(() => noteLoss(link))
    current = link
    return link
  }

  const noteLoss = (link: Link): void => {
    if (link !== current || signal.aborted) return
    lostAt = timing.now()
    if (isSwitchedOff) return
    const reason = 'the connection to Slack broke; connecting again'
    health.set('connection', { state: 'degraded', reason })
    host.log.warn({}, 'Slack connection lost')
  }

  const retire = (link: Link): void => {
    const closed = link.retire()
    retiring.add(closed)
    void closed.finally(() => retiring.delete(closed))
  }

  /** False when trying again makes no sense. */
  const recover = (error: unknown): boolean => {
    const reason = error instanceof Error ? error.message : String(error)
    const code = ChannelError.isInstance(error) ? error.code : undefined
    host.log.warn({ error, failures: backoff.failures }, 'Slack could not be connected')
    if (code === 'UNAUTHORIZED' || code === 'FORBIDDEN') {
      const needed = 'Slack refuses the app token; set a new appToken'
      health.set('connection', { state: 'needs-login', reason: `${needed} (${reason})` })
      return false
    }
    // Until somebody has switched it on again, that is what there is to say.
    if (!isSwitchedOff)
      health.set('connection', { state: backoff.failures < 3 ? 'degraded' : 'offline', reason })
    return true
  }

  const reopen = async (): Promise<Link | undefined> => {
    let retryAfterMs: number | undefined
    while (!signal.aborted) {
      await backoff.pause(signal, retryAfterMs)
      if (signal.aborted) return undefined
      try {
        return await open()
      } catch (error) {
        if (signal.aborted || !recover(error)) return undefined
        retryAfterMs = ChannelError.isInstance(error) ? error.retryAfterMs : undefined
      }
    }
    return undefined
  }

  let current: Link | undefined
  const first = await open()

  const run = async (): Promise<void> => {
    const aborted = untilAborted(signal)
    for (let link: Link | undefined = first; link !== undefined;) {
      const reason = await Promise.race([link.asked, link.ended, aborted])
      // A connection that lives long is a success; one that is closed again and again is not.
      if (timing.now() - openSince > timing.maxBackoffMs) backoff.reset()
      const old = link
      if (signal.aborted) return retire(old)
      if (reason !== undefined) noteRequest(reason)
      // The old connection stays until the new one is there: Slack closes it some seconds later.
      link = await reopen()
      retire(old)
    }
  }

  const noteRequest = (reason: string): void => {
    host.log.debug({ reason }, 'Slack asks to connect again')
    if (reason !== 'link_disabled') return
    isSwitchedOff = true
    const needed = 'Socket Mode is switched off in the settings of the Slack app'
    health.set('connection', { state: 'needs-login', reason: needed })
  }

  return {
    ended: run().then(async () => {
      await Promise.all(retiring)
    }),
  }
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
