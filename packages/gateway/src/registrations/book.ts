import type { JsonValue, Store } from '@junctor/store'
import { fieldOf, textOf } from '../envelopes.ts'
import { inOrder, type Registration } from './registration.ts'

/** Where registrations are kept. */
export interface RegistrationBook {
  read(): Promise<readonly Registration[]>
  put(registration: Registration): Promise<void>
  remove(registration: Registration): Promise<void>
}

const TABLE = 'registrations'

export function createRegistrationBook(store: Store): RegistrationBook {
  const table = store.gateway.table(TABLE)
  return {
    async read() {
      const keys = await table.list()
      const entries = await Promise.all(keys.map((key) => table.get(key)))
      return inOrder(entries.flatMap((entry) => (entry && parse(entry.value)) ?? []))
    },
    async put(registration) {
      await table.put(keyOf(registration), JSON.parse(JSON.stringify(registration)) as JsonValue)
    },
    async remove(registration) {
      await table.remove(keyOf(registration))
    },
  }
}

function keyOf({ kind, id }: Pick<Registration, 'kind' | 'id'>): string {
  return `${kind}:${id}`
}

/** What `put` stored. */
function parse(value: JsonValue): Registration | undefined {
  const kind = textOf(value, 'kind')
  const isWhole = typeof fieldOf(value, kind) === 'object' && textOf(value, 'id') !== ''
  return isWhole && (kind === 'agent' || kind === 'binding')
    ? (value as unknown as Registration)
    : undefined
}
