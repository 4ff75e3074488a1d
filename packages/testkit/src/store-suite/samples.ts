import assert from 'node:assert/strict'
import type {
  AddressKey,
  AgentStore,
  Commit,
  Delivery,
  MessageReference,
  NewDelivery,
  NewMessage,
  Work,
} from '@junctor/store'

export const LEASE_MS = 30_000

export function dm(id = 'alice'): AddressKey {
  return { channel: 'telegram', accountId: 'main', peer: { kind: 'dm', id } }
}

export function reference(nativeId: string, address: AddressKey = dm()): MessageReference {
  return { ...address, nativeId }
}

/** `id` stands for everything that is not given. */
export function message(id: string, given: Partial<NewMessage> = {}): NewMessage {
  return {
    id,
    reference: reference(`native-${id}`),
    sessionKey: 'lane',
    body: { type: 'message', text: `text of ${id}` },
    trace: { rule: 'open' },
    ...given,
  }
}

export function delivery(id: string, given: Partial<NewDelivery> = {}): NewDelivery {
  return { id, address: dm(), body: { text: `body of ${id}` }, ...given }
}

export function turn(id: string, given: Partial<Commit> = {}): Commit {
  return {
    turn: {
      id,
      startedAt: 1_000,
      endedAt: 2_000,
      outcome: 'answered',
      model: 'test/model',
      inputTokens: 11,
      outputTokens: 7,
      trace: { tools: ['clock'] },
    },
    transcript: [],
    deliveries: [],
    outcome: { state: 'done' },
    ...given,
  }
}

export interface ClaimChoices {
  readonly owner?: string
  readonly leaseMs?: number
  readonly limit?: number
  readonly maxAttempts?: number
  readonly sessionKey?: string
}

export function tryClaim(agent: AgentStore, choices: ClaimChoices = {}): Promise<Work | undefined> {
  return agent.claim({ owner: 'worker', leaseMs: LEASE_MS, limit: 1, ...choices })
}

export async function claim(agent: AgentStore, choices: ClaimChoices = {}): Promise<Work> {
  const work = await tryClaim(agent, choices)
  assert(work !== undefined, 'a lane can be claimed')
  return work
}

export function idsOf(work: Work | undefined): readonly string[] | undefined {
  return work?.messages.map(({ id }) => id)
}

/** Accepts a message and ends its turn with these deliveries. */
export async function answer(
  agent: AgentStore,
  id: string,
  deliveries: readonly NewDelivery[],
  given: Partial<NewMessage> = {},
): Promise<void> {
  await agent.accept(message(id, given))
  const { lease } = await claim(agent, { sessionKey: given.sessionKey ?? 'lane' })
  await agent.commit(lease, turn(`turn-${id}`, { deliveries }))
}

export function claimDeliveries(
  agent: AgentStore,
  choices: {
    readonly limit?: number
    readonly sessionKey?: string
    readonly leaseMs?: number
  } = {},
): Promise<readonly Delivery[]> {
  return agent.claimDeliveries({ owner: 'worker', leaseMs: LEASE_MS, limit: 100, ...choices })
}

export function deliveryIds(deliveries: readonly Delivery[]): readonly string[] {
  return deliveries.map(({ id }) => id).sort()
}

export function sent(
  id: string,
  sentAt = 5_000,
): { state: 'sent'; nativeId: string; sentAt: number } {
  return { state: 'sent', nativeId: `sent-${id}`, sentAt }
}

export async function rejectsWith(code: string, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert(error instanceof Error && 'code' in error, `an error with a code, not ${String(error)}`)
    assert.equal(error.code, code)
    return true
  })
}
