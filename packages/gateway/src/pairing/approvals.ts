import type { JsonValue, Store } from '@junctor/store'

/** Somebody who was let in by pairing. */
export interface PairingApproval {
  /** The id of the request that was approved. */
  readonly id: string
  readonly channel: string
  readonly accountId: string
  readonly senderId: string
  readonly senderName?: string
  /** `own`: a conversation of their own, also where direct messages share one. `main`: as the config says. */
  readonly session: 'own' | 'main'
  /** Milliseconds since 1970. */
  readonly approvedAt: number
}

type Person = Pick<PairingApproval, 'channel' | 'accountId' | 'senderId'>

export interface Approvals {
  find(person: Person): Promise<PairingApproval | undefined>
  list(): Promise<readonly PairingApproval[]>
  put(approval: PairingApproval): Promise<void>
  remove(person: Person): Promise<boolean>
}

const TABLE = 'pairing-approvals'

export function createApprovals(store: Store): Approvals {
  const table = store.gateway.table(TABLE)
  const read = async (key: string): Promise<PairingApproval | undefined> =>
    (await table.get(key))?.value as PairingApproval | undefined

  return {
    find: (person) => read(keyOf(person)),
    async list() {
      const found = await Promise.all((await table.list()).map(read))
      return found
        .filter((approval) => approval !== undefined)
        .sort((a, b) => a.approvedAt - b.approvedAt)
    },
    async put(approval) {
      await table.put(keyOf(approval), approval as unknown as JsonValue)
    },
    remove: (person) => table.remove(keyOf(person)),
  }
}

function keyOf({ channel, accountId, senderId }: Person): string {
  return JSON.stringify([channel, accountId, senderId])
}
