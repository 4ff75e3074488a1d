import type { JsonValue, Store, Table } from '@junctor/store'
import { fieldOf, toJson } from '../envelopes.ts'
import type { Approval } from './approval.ts'

/** Approvals as they are stored, each with its agent. Every change is made against the version that was read. */
export interface ApprovalBook {
  list(agentId: string): Promise<readonly Approval[]>
  /** Of any agent. */
  find(id: string): Promise<Approval | undefined>
  /** Answers false when there is one of this id already. */
  add(approval: Approval): Promise<boolean>
  /** `change` gives what is to be stored, or undefined for no change; it is called again when somebody was faster. */
  change(
    approval: Pick<Approval, 'agentId' | 'id'>,
    change: (current: Approval) => Approval | undefined,
  ): Promise<Approval | undefined>
}

const TABLE = 'approvals'
/** What is over can be looked up for a day. */
const KEPT_MS = 24 * 60 * 60_000

export function createApprovalBook(store: Store): ApprovalBook {
  const tableOf = (agentId: string): Table => store.agent(agentId).table(TABLE)

  return {
    async list(agentId) {
      const table = tableOf(agentId)
      const found: Approval[] = []
      for (const id of await table.list()) {
        const entry = await table.get(id)
        if (entry !== undefined) found.push(parseApproval(entry.value))
      }
      return found.sort((one, other) => one.askedAt - other.askedAt)
    },
    async find(id) {
      for (const agentId of await store.agents()) {
        const entry = await tableOf(agentId).get(id)
        if (entry !== undefined) return parseApproval(entry.value)
      }
      return undefined
    },
    add: (approval) =>
      tableOf(approval.agentId).put(approval.id, toJson(approval), { version: 0, ttlMs: KEPT_MS }),
    async change({ agentId, id }, change) {
      const table = tableOf(agentId)
      for (;;) {
        const entry = await table.get(id)
        const next = entry && change(parseApproval(entry.value))
        if (entry === undefined || next === undefined) return undefined
        const { version } = entry
        if (await table.put(id, toJson(next), { version, ttlMs: KEPT_MS })) return next
      }
    },
  }
}

function parseApproval(value: JsonValue): Approval {
  if (typeof fieldOf(value, 'digest') !== 'string')
    throw new TypeError('A row of the table of approvals does not hold one.')
  return value as unknown as Approval
}
