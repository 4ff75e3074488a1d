import type { Address } from '@junctor/channel'
import type { JsonValue, Store } from '@junctor/store'

/** Somebody who asks to be let in, and where they wrote. */
export interface PairingRequest extends Address {
  readonly id: string
  readonly code: string
  readonly senderId: string
  readonly senderName?: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly expiresAt: number
}

/** Something that the gateway itself has to tell a person. */
export interface Notice {
  readonly id: string
  readonly address: Address
  readonly text: string
  readonly at: number
  /** It is of no use any more after this time. */
  readonly expiresAt: number
}

/** What waits at one channel, on whichever account. */
export interface PairingPage {
  readonly requests: readonly PairingRequest[]
  readonly notices: readonly Notice[]
}

export interface PairingBook {
  /** Every channel's page that has something on it. */
  pages(): Promise<readonly PairingPage[]>
  /** One write. `change` is asked again when somebody else wrote in between; the same page means no change. */
  update<Result>(
    channel: string,
    change: (page: PairingPage) => { readonly page: PairingPage; readonly result: Result },
  ): Promise<Result>
}

const TABLE = 'pairing-pages'
const EMPTY: PairingPage = { requests: [], notices: [] }

/** Requests and notices of one channel stand in one row, so that a request and the message with its code are one write. */
export function createPairingBook(store: Store, now: () => number): PairingBook {
  const table = store.gateway.table(TABLE)

  const read = async (key: string) => {
    const entry = await table.get(key)
    const page = entry === undefined ? EMPTY : current(entry.value, now())
    return { page, version: entry?.version ?? 0 }
  }

  return {
    async pages() {
      const keys = await table.list()
      return Promise.all(keys.map(async (key) => (await read(key)).page))
    },
    async update(key, change) {
      for (;;) {
        const { page, version } = await read(key)
        const next = change(page)
        if (next.page === page) return next.result
        const ttlMs = timeLeft(next.page, now())
        if (await table.put(key, next.page as unknown as JsonValue, { version, ttlMs }))
          return next.result
      }
    },
  }
}

/** An empty page may go at once. */
function timeLeft({ requests, notices }: PairingPage, at: number): number {
  return Math.max(1, ...[...requests, ...notices].map(({ expiresAt }) => expiresAt - at))
}

/** Reads back what `update` wrote, without what has expired since. */
function current(value: JsonValue, at: number): PairingPage {
  const { requests, notices } = value as unknown as PairingPage
  return {
    requests: requests.filter(({ expiresAt }) => expiresAt > at),
    notices: notices.filter(({ expiresAt }) => expiresAt > at),
  }
}
