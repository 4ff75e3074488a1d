export type { Acceptance, AgentStore, ClaimOptions, Work } from './agent-store.ts'
export type { Delivery, DeliveryOutcome, DeliveryState, NewDelivery } from './delivery.ts'
export { StoreError } from './errors.ts'
export type { StoreErrorCode } from './errors.ts'
export type {
  AddressKey,
  InboxMessage,
  InboxState,
  JsonValue,
  KeptMessage,
  MessageReference,
  NewMessage,
} from './inbox.ts'
export type { Lease, Leases } from './lease.ts'
export type {
  ConversationEntry,
  Counts,
  PastConversation,
  Removed,
  Session,
  Story,
  TranscriptMessage,
} from './session.ts'
export type { GatewayStore, Refusal, RefusalBounds, Store } from './store.ts'
export type { Table, TableEntry } from './table.ts'
export type {
  Answer,
  Backlog,
  Commit,
  Draft,
  JournaledCall,
  NewTranscriptMessage,
  Overflow,
  SessionChange,
  TurnRecord,
} from './turn.ts'
