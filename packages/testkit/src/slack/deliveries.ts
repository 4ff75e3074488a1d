/** What Slack tells an app: an Events API callback, or a slash command. */
export type EventKind = 'events_api' | 'slash_commands' | 'interactive'

export interface AppEvent {
  readonly kind: EventKind
  readonly body: Readonly<Record<string, unknown>>
}

/** Something that can carry events to the app: one Socket Mode connection, or the app's address. */
export interface Carrier {
  /** Several may be under way at once, except over HTTP: one answer for each request. */
  readonly isFree: () => boolean
  /** How long an acknowledgement may take. Without it the carrier itself sees to that. */
  readonly patienceMs?: number
  offer(event: AppEvent, attempt: Attempt): void
}

export interface Attempt {
  /** 0 for the first. */
  readonly number: number
  /** Empty for the first. */
  readonly reason: string
  acknowledge(): void
  /** It was not acknowledged: a word for the next attempt, as in `http_error`. */
  lost(reason: string): void
}

export interface Deliveries {
  push(event: AppEvent): void
  /** Whoever is added gets what waits. Returns the way to leave; what it has not acknowledged waits again. */
  addCarrier(carrier: Carrier): () => void
  carriers(): number
  /** A carrier has become free, or the server runs again. */
  wake(): void
  /** Events that nobody has acknowledged, oldest first. */
  waiting(): readonly AppEvent[]
  acknowledged(): readonly AppEvent[]
  /** Slack has given up on all that waits. */
  forget(): void
  stop(): void
}

export interface DeliveriesOptions {
  /** Between a refusal and the next attempt. */
  readonly retryAfterMs: number
  readonly mostRetries: number
  readonly isRunning: () => boolean
  /** Whether an acknowledged event is to be offered once more. */
  readonly takeDuplicate: () => boolean
  readonly changed: () => void
}

interface Pending {
  readonly event: AppEvent
  offers: number
  retries: number
  reason: string
  /** Who has it now. */
  carrier: Carrier | undefined
  timer: NodeJS.Timeout | undefined
  isOver: boolean
}

/** Every event is offered to one carrier at a time, until one acknowledges it or the retries are used up. */
export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { retryAfterMs, mostRetries, isRunning, takeDuplicate, changed } = options
  const carriers: Carrier[] = []
  const acknowledged: AppEvent[] = []
  let pending: Pending[] = []

  const wake = (): void => {
    for (const entry of pending) {
      if (!isRunning() || entry.carrier) continue
      const position = carriers.findIndex((carrier) => carrier.isFree())
      const carrier = carriers[position]
      if (!carrier) return
      // In turn, so that each of several connections gets some of the events.
      carriers.push(...carriers.splice(position, 1))
      offer(entry, carrier)
    }
  }

  const offer = (entry: Pending, carrier: Carrier): void => {
    entry.offers += 1
    const offered = entry.offers
    entry.carrier = carrier
    const lost = (reason: string): void => {
      // A late word about an offer that another one has followed says nothing.
      if (!entry.isOver && entry.offers === offered) retry(entry, reason)
    }
    if (carrier.patienceMs !== undefined) {
      entry.timer = setTimeout(() => lost('timeout'), carrier.patienceMs)
      entry.timer.unref()
    }
    const { retries: number, reason } = entry
    const acknowledgeOnce = (): void => acknowledge(entry)
    carrier.offer(entry.event, { number, reason, acknowledge: acknowledgeOnce, lost })
  }

  const retry = (entry: Pending, reason: string): void => {
    clearTimeout(entry.timer)
    entry.carrier = undefined
    if (reason !== 'gone') {
      entry.retries += 1
      entry.reason = reason
    }
    if (entry.retries > mostRetries) remove(entry)
    else if (reason === 'timeout' || reason === 'gone') wake()
    else entry.timer = setTimeout(wake, retryAfterMs)
    changed()
  }

  const remove = (entry: Pending): void => {
    entry.isOver = true
    clearTimeout(entry.timer)
    pending = pending.filter((other) => other !== entry)
  }

  const acknowledge = (entry: Pending): void => {
    if (entry.isOver) return
    remove(entry)
    acknowledged.push(entry.event)
    if (takeDuplicate()) push(entry.event)
    changed()
    wake()
  }

  const push = (event: AppEvent): void => {
    const state = { carrier: undefined, timer: undefined, isOver: false }
    pending.push({ event, offers: 0, retries: 0, reason: '', ...state })
    wake()
    changed()
  }

  return {
    push,
    addCarrier(carrier) {
      carriers.push(carrier)
      wake()
      return () => {
        carriers.splice(carriers.indexOf(carrier), 1)
        for (const entry of pending) if (entry.carrier === carrier) retry(entry, 'gone')
      }
    },
    carriers: () => carriers.length,
    wake,
    waiting: () => pending.map(({ event }) => event),
    acknowledged: () => acknowledged,
    forget() {
      for (const entry of pending) remove(entry)
      changed()
    },
    stop() {
      for (const { timer } of pending) clearTimeout(timer)
    },
  }
}
