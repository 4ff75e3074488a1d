import type { Envelope } from '@junctor/channel'
import type { Baileys, Credentials, SignalKeys } from './baileys.ts'
import type { Journal } from './journal.ts'

/** What an account keeps in its vault: the login, the Signal keys, and messages on their way to the host. */
export interface AccountStore {
  readonly keys: SignalKeys
  /** Undefined when no phone has linked this account. */
  credentials(): Credentials | undefined
  saveCredentials(credentials: Credentials): Promise<void>
  /** Adopt what another client kept. `origin` is remembered, also when the login is forgotten. */
  adopt(login: Login, origin: string): Promise<void>
  adoptedFrom(): string | undefined
  /** The login is void: keys and credentials go, the rest stays. */
  forgetLogin(): Promise<void>
  /** Kept with the next change of keys, so that a message whose keys are used up is never lost. */
  hold(envelopes: readonly Envelope[]): readonly string[]
  /** The host has stored it. */
  release(ticket: string): void
  /** What a crash left between decryption and the host, oldest first. */
  held(): readonly Held[]
}

export interface Held {
  readonly ticket: string
  readonly envelope: Envelope
}

export interface Login {
  readonly credentials: Credentials
  /** `type/id` → value. */
  readonly keys: ReadonlyMap<string, unknown>
}

const CREDENTIALS = 'credentials'
const ORIGIN = 'adopted-from'

export function createAccountStore(journal: Journal, baileys: Baileys): AccountStore {
  const { replacer, reviver } = baileys.BufferJSON
  const toText = (value: unknown): string => JSON.stringify(value, replacer)
  const read = (key: string): unknown => {
    const text = journal.get(key)
    return text === undefined ? undefined : JSON.parse(text, reviver)
  }
  let lastTicket = Math.max(0, ...journal.keys('held/').map((key) => Number(key.slice(5))))

  const keys: SignalKeys = {
    get(type, ids) {
      const found = ids.flatMap((id) => {
        const value = read(`key/${type}/${id}`)
        if (value === undefined) return []
        const { AppStateSyncKeyData } = baileys.proto.Message
        // Baileys calls methods of this one.
        const isMessage =
          type === 'app-state-sync-key' && typeof value === 'object' && value !== null
        return [[id, isMessage ? AppStateSyncKeyData.fromObject(value) : value]]
      })
      return Object.fromEntries(found)
    },
    async set(data) {
      const changes = new Map<string, string | null>()
      for (const [type, values] of Object.entries(data))
        for (const [id, value] of Object.entries(values))
          changes.set(`key/${type}/${id}`, value === null ? null : toText(value))
      if (changes.size > 0) await journal.write(changes)
    },
  }

  return {
    keys,
    credentials: () => read(CREDENTIALS) as Credentials | undefined,
    saveCredentials: (credentials) => journal.write(new Map([[CREDENTIALS, toText(credentials)]])),
    async adopt({ credentials, keys: given }, origin) {
      const changes = [...given].map(([key, value]) => [`key/${key}`, toText(value)] as const)
      await journal.write(
        new Map([...changes, [CREDENTIALS, toText(credentials)], [ORIGIN, origin]]),
      )
    },
    adoptedFrom: () => journal.get(ORIGIN),
    async forgetLogin() {
      const gone = [...journal.keys('key/'), CREDENTIALS]
      await journal.write(new Map(gone.map((key) => [key, null])))
    },
    hold: (envelopes) =>
      envelopes.map((envelope) => {
        lastTicket += 1
        const ticket = `held/${String(lastTicket).padStart(12, '0')}`
        journal.add(ticket, toText(envelope))
        return ticket
      }),
    release: (ticket) => journal.add(ticket, null),
    held: () =>
      journal
        .keys('held/')
        .toSorted()
        .map((ticket) => ({ ticket, envelope: read(ticket) as Envelope })),
  }
}
