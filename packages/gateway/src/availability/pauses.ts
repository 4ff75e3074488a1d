import type { JsonValue, Store } from '@junctor/store'
import { fieldOf } from '../envelopes.ts'

/** Somebody told an agent to stop answering. */
export interface Pause {
  /** Milliseconds since 1970. */
  readonly at: number
  /** For status, and for the people who write. */
  readonly reason?: string
}

const TABLE = 'paused-agents'

/** Pauses an agent durably, also without a gateway; a running one acts on it at its next look at the store. */
export async function pauseAgent(store: Store, agentId: string, pause: Pause): Promise<void> {
  const { at, reason } = pause
  const value: JsonValue = { at, ...(reason === undefined ? {} : { reason }) }
  await store.gateway.table(TABLE).put(agentId, value)
}

/** False when the agent was not paused. */
export function resumeAgent(store: Store, agentId: string): Promise<boolean> {
  return store.gateway.table(TABLE).remove(agentId)
}

export async function readPauses(store: Store): Promise<ReadonlyMap<string, Pause>> {
  const table = store.gateway.table(TABLE)
  const pauses = new Map<string, Pause>()
  for (const agentId of await table.list()) {
    const entry = await table.get(agentId)
    if (entry === undefined) continue
    const at = fieldOf(entry.value, 'at')
    const reason = fieldOf(entry.value, 'reason')
    pauses.set(agentId, {
      at: typeof at === 'number' ? at : 0,
      ...(typeof reason === 'string' ? { reason } : {}),
    })
  }
  return pauses
}
