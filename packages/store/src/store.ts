import type { AgentStore } from './agent-store.ts'
import type { JsonValue, MessageReference } from './inbox.ts'
import type { Leases } from './lease.ts'
import type { Removed } from './session.ts'
import type { Table } from './table.ts'

/** A message that ended before it reached an agent. */
export interface Refusal {
  readonly id: string
  readonly reference: MessageReference
  readonly at: number
  /** One sentence for a person. */
  readonly reason: string
  /** How admission and routing decided, and the envelope without its text. */
  readonly trace: JsonValue
}

/** How many refusals are kept, the newest ones. Default: all. */
export interface RefusalBounds {
  /** Of all peers together; up to a fiftieth more may stay for a while. */
  readonly keep?: number
  readonly keepPerPeer?: number
}

/** What belongs to no agent. */
export interface GatewayStore {
  /**
   * Recorded once for each reference; a repeat answers `duplicate` and writes nothing. The oldest that are too many go in the
   * same write.
   */
  refuse(refusal: Refusal, bounds?: RefusalBounds): Promise<'recorded' | 'duplicate'>
  /** By our id or by the native id, newest first. */
  findRefusals(id: string): Promise<readonly Refusal[]>
  /** How many were ever refused, those included that are not kept any more. */
  countRefusals(): Promise<number>
  readonly leases: Leases
  table(name: string): Table
}

/** Durable state of one installation. An instance is open until `close`. */
export interface Store {
  readonly spec: 'store-v1'
  /** Opened on first use; the same id gives the same instance. */
  agent(agentId: string): AgentStore
  /** Ids of all agents that have stored something, sorted. */
  agents(): Promise<readonly string[]>
  /** Removes everything the agent has stored, files included. */
  removeAgent(agentId: string): Promise<Removed>
  readonly gateway: GatewayStore
  close(): Promise<void>
}
