/** The rules of lanes and deliveries in their plainest form, to compare a store with. Reads everything, keeps everything. */
export interface ModelMessage {
  readonly id: string
  readonly lane: string
  state: 'pending' | 'claimed' | 'done' | 'dead'
  attempt: number
  retryAt: number
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
  accept(id: string, lane: string): void
  withdraw(id: string): 'amended' | 'too-late' | 'unknown'
  dueLanes(at: number): readonly string[]
  claim(choice: {
    lane: string | undefined
    limit: number
    until: number
    at: number
  }): Claimed | undefined
  renew(lane: string, leaseId: number, until: number): boolean
  /** Undefined when the lease is not the lane's. */
  commit(
    lane: string,
    leaseId: number,
    deliveries: readonly NewModelDelivery[],
    at: number,
  ): boolean | undefined
  release(lane: string, leaseId: number, retryAt: number): boolean | undefined
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
    accept(id, lane) {
      messages.push({ id, lane, state: 'pending', attempt: 0, retryAt: 0 })
    },
    withdraw(id) {
      const found = messages.find((each) => each.id === id)
      if (found === undefined) return 'unknown'
      if (found.state !== 'pending') return 'too-late'
      found.state = 'dead'
      return 'amended'
    },
    claim({ lane: wanted, limit, until, at }) {
      const lane = dueLanes(at).find((each) => wanted === undefined || each === wanted)
      if (lane === undefined) return undefined
      for (const each of claimedIn(lane)) each.state = 'pending'
      const waiting = unfinished(lane).findIndex(({ retryAt }) => retryAt > at)
      const taken = unfinished(lane).slice(0, waiting === -1 ? limit : Math.min(limit, waiting))
      for (const each of taken) {
        each.state = 'claimed'
        each.attempt += 1
      }
      lastLease += 1
      leases.set(lane, { id: lastLease, until })
      return { leaseId: lastLease, lane, messages: taken }
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
    release(lane, leaseId, retryAt) {
      if (!holds(lane, leaseId)) return undefined
      for (const each of claimedIn(lane)) {
        each.state = 'pending'
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
