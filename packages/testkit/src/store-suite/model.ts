/** The rules of lanes and deliveries in their plainest form, to compare a store with. Reads everything, keeps everything. */
export interface ModelMessage {
  readonly id: string
  readonly lane: string
  readonly place: Place
  state: 'pending' | 'claimed' | 'done' | 'dead'
  attempt: number
  retryAt: number
}

/** What decides which messages a turn takes together. */
export interface Place {
  readonly peer: string
  readonly alone: boolean
}

export interface ModelDelivery {
  readonly id: string
  readonly address: string
  state: 'pending' | 'sending' | 'sent' | 'unknown' | 'failed'
  attempts: number
  retryAt: number
  senderUntil: number
}

interface ModelLease {
  readonly id: number
  until: number
}

export interface Model {
  readonly messages: readonly ModelMessage[]
  readonly deliveries: readonly ModelDelivery[]
  /** Answers whether there was room. */
  accept(id: string, lane: string, place: Place, mostWaiting: number): boolean
  withdraw(id: string): 'amended' | 'too-late' | 'unknown'
  dueLanes(at: number): readonly string[]
  claim(choice: {
    lane: string | undefined
    limit: number
    until: number
    at: number
  }): Claimed | undefined
  /** Undefined when the lease is not the lane's. */
  extend(
    lane: string,
    leaseId: number,
    limit: number,
    at: number,
  ): readonly ModelMessage[] | undefined
  /** A message that no lane holds. */
  answer(id: string, lane: string): void
  /** Ends what the lane holds. Answers the ids of it. */
  stop(lane: string): readonly string[]
  renew(lane: string, leaseId: number, until: number): boolean
  /** Undefined when the lease is not the lane's. */
  commit(
    lane: string,
    leaseId: number,
    deliveries: readonly NewModelDelivery[],
    at: number,
  ): boolean | undefined
  release(lane: string, leaseId: number, retryAt: number, uncounted: boolean): boolean | undefined
  claimDeliveries(until: number, at: number): readonly ModelDelivery[]
  settle(id: string, state: ModelDelivery['state'], retryAt: number): void
  recover(at: number): readonly ModelDelivery[]
}

interface Claimed {
  readonly leaseId: number
  readonly lane: string
  readonly messages: readonly ModelMessage[]
}

interface NewModelDelivery {
  readonly id: string
  readonly address: string
}

export function createModel(): Model {
  const messages: ModelMessage[] = []
  const deliveries: ModelDelivery[] = []
  const leases = new Map<string, ModelLease>()
  let lastLease = 0

  const unfinished = (lane: string): readonly ModelMessage[] =>
    messages.filter(
      (each) => each.lane === lane && (each.state === 'pending' || each.state === 'claimed'),
    )
  const claimedIn = (lane: string): readonly ModelMessage[] =>
    unfinished(lane).filter(({ state }) => state === 'claimed')
  const isDue = (lane: string, at: number): boolean => {
    const lease = leases.get(lane)
    const [head] = unfinished(lane)
    return head !== undefined && (lease === undefined ? head.retryAt <= at : lease.until <= at)
  }
  const dueLanes = (at: number): readonly string[] => {
    const waiting = messages.filter(({ state }) => state === 'pending' || state === 'claimed')
    return [...new Set(waiting.map(({ lane }) => lane))].filter((lane) => isDue(lane, at))
  }
  const holds = (lane: string, leaseId: number): boolean => leases.get(lane)?.id === leaseId

  return {
    messages,
    deliveries,
    dueLanes,
    accept(id, lane, place, mostWaiting) {
      const waiting = unfinished(lane).filter(({ state }) => state === 'pending')
      const hasRoom = waiting.length < mostWaiting
      const state = hasRoom ? 'pending' : 'dead'
      messages.push({ id, lane, place, state, attempt: 0, retryAt: 0 })
      return hasRoom
    },
    withdraw(id) {
      const found = messages.find((each) => each.id === id)
      if (found === undefined) return 'unknown'
      if (found.state !== 'pending') return 'too-late'
      found.state = 'dead'
      return 'amended'
    },
    answer(id, lane) {
      const place = { peer: 'alice', alone: false }
      messages.push({ id, lane, place, state: 'done', attempt: 0, retryAt: 0 })
    },
    claim({ lane: wanted, limit, until, at }) {
      const lane = dueLanes(at).find((each) => wanted === undefined || each === wanted)
      if (lane === undefined) return undefined
      for (const each of claimedIn(lane)) each.state = 'pending'
      const taken = take(unfinished(lane), limit, at)
      lastLease += 1
      leases.set(lane, { id: lastLease, until })
      return { leaseId: lastLease, lane, messages: taken }
    },
    extend(lane, leaseId, limit, at) {
      if (!holds(lane, leaseId)) return undefined
      const last = unfinished(lane).findLastIndex(({ state }) => state === 'claimed')
      return take(unfinished(lane).slice(last), limit + 1, at).slice(1)
    },
    stop(lane) {
      const ended = unfinished(lane)
      for (const each of ended) each.state = 'dead'
      leases.delete(lane)
      return ended.map(({ id }) => id)
    },
    renew(lane, leaseId, until) {
      const lease = leases.get(lane)
      if (lease === undefined || lease.id !== leaseId) return false
      lease.until = until
      return true
    },
    commit(lane, leaseId, added, at) {
      if (!holds(lane, leaseId)) return undefined
      for (const each of claimedIn(lane)) each.state = 'done'
      leases.delete(lane)
      for (const each of added)
        deliveries.push({ ...each, state: 'pending', attempts: 0, retryAt: at, senderUntil: 0 })
      return unfinished(lane).length > 0
    },
    release(lane, leaseId, retryAt, uncounted) {
      if (!holds(lane, leaseId)) return undefined
      for (const each of claimedIn(lane)) {
        each.state = 'pending'
        if (uncounted) each.attempt -= 1
        each.retryAt = retryAt
      }
      leases.delete(lane)
      return unfinished(lane).length > 0
    },
    claimDeliveries(until, at) {
      const addresses = [...new Set(deliveries.map(({ address }) => address))]
      return addresses.flatMap((address) => {
        const own = deliveries.filter((each) => each.address === address)
        const head = own.find(({ state }) => state === 'pending')
        const isBusy = own.some(({ state }) => state === 'sending')
        if (isBusy || head === undefined || head.retryAt > at) return []
        head.state = 'sending'
        head.attempts += 1
        head.senderUntil = until
        return [head]
      })
    },
    settle(id, state, retryAt) {
      const found = deliveries.find((each) => each.id === id)
      if (found === undefined || found.state === 'sent' || found.state === 'failed') return
      found.state = state
      if (state === 'pending') found.retryAt = retryAt
    },
    recover(at) {
      const lost = deliveries.filter(
        ({ state, senderUntil }) => state === 'sending' && senderUntil <= at,
      )
      for (const each of lost) each.state = 'unknown'
      return lost
    },
  }
}

/** Takes the first, and what may go with it. Those that were taken before stay as they are. */
function take(
  waiting: readonly ModelMessage[],
  limit: number,
  at: number,
): readonly ModelMessage[] {
  const [first] = waiting
  const end = waiting.findIndex(
    ({ retryAt, place }, index) =>
      index > 0 &&
      (retryAt > at || place.alone || first?.place.alone || place.peer !== first?.place.peer),
  )
  const taken = waiting.slice(0, end === -1 ? limit : Math.min(limit, end))
  for (const each of taken) {
    if (each.state === 'claimed') continue
    each.state = 'claimed'
    each.attempt += 1
  }
  return taken
}
