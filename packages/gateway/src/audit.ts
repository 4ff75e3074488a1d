import type { TracedCall } from '@junctor/runtime'
import type { JsonValue, Store } from '@junctor/store'
import { textOf, toJson } from './envelopes.ts'

/** A decision of policy about an agent. */
export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly decision:
    /** A call was refused: by a rule, a limit, an approval that is missing, the wall between agents. */
    | 'denied'
    /** A command ran outside of the sandbox. */
    | 'elevated'
    | 'approval asked'
    | 'approval given'
    | 'approval denied'
    | 'approval expired'
    /** The call that was approved ran. */
    | 'approval used'
  readonly sessionKey: string
  readonly tool: string
  /** Why, or by whom. */
  readonly rule: string
  readonly turnId?: string
}

/** The decisions about each agent, the newest ones. */
export interface Audit {
  record(agentId: string, entries: readonly AuditEntry[]): Promise<void>
}

const TABLE = 'audit'
/** Entries that are kept of an agent. */
const KEPT = 1_000

export function createAudit({
  store,
  now,
}: {
  readonly store: Store
  readonly now: () => number
}): Audit {
  /** Keys sort as they were written, also within a millisecond and over several processes. */
  let count = 0
  const nextKey = (): string => {
    count = (count + 1) % 36 ** 4
    const order = `${now().toString(36).padStart(9, '0')}${count.toString(36).padStart(4, '0')}`
    return `${order}-${crypto.randomUUID()}`
  }
  return {
    async record(agentId, entries) {
      if (entries.length === 0) return
      const table = store.agent(agentId).table(TABLE)
      for (const entry of entries) await table.put(nextKey(), toJson(entry))
      const keys = await table.list()
      for (const key of keys.slice(0, Math.max(0, keys.length - KEPT))) await table.remove(key)
    },
  }
}

/** The newest `limit` decisions about an agent, oldest first. Works on an open store, with or without a gateway. */
export async function readAudit(
  store: Store,
  agentId: string,
  { limit }: { readonly limit: number },
): Promise<readonly AuditEntry[]> {
  const table = store.agent(agentId).table(TABLE)
  const keys = (await table.list()).slice(-limit)
  const entries = await Promise.all(keys.map((key) => table.get(key)))
  return entries.flatMap((entry) => (entry === undefined ? [] : [parseEntry(entry.value)]))
}

/** What policy decided about the calls of a turn. */
export function decisionsIn(
  calls: readonly TracedCall[],
  turn: { readonly at: number; readonly sessionKey: string; readonly turnId: string },
): readonly AuditEntry[] {
  return calls.flatMap(({ name: tool, status, layer, rule = '', elevated }): AuditEntry[] => {
    const why = layer === undefined ? rule : `${layer} ${rule}`
    if (status === 'denied') return [{ ...turn, decision: 'denied', tool, rule: why }]
    return elevated === true ? [{ ...turn, decision: 'elevated', tool, rule: why }] : []
  })
}

function parseEntry(value: JsonValue): AuditEntry {
  if (textOf(value, 'decision') === '')
    throw new TypeError('A row of the table of decisions does not hold one.')
  return value as unknown as AuditEntry
}
