import type { Delivery, DeliveryOutcome } from './delivery.ts'
import type {
  AddressKey,
  InboxMessage,
  JsonValue,
  KeptMessage,
  MessageReference,
  NewMessage,
} from './inbox.ts'
import type { Lease } from './lease.ts'
import type {
  ConversationEntry,
  Counts,
  PastConversation,
  Removed,
  Session,
  Story,
  TranscriptMessage,
} from './session.ts'
import type { Table } from './table.ts'
import type { Answer, Backlog, Commit, Draft, JournaledCall, Overflow } from './turn.ts'

export interface ClaimOptions {
  /** Unique for each running worker process. */
  readonly owner: string
  readonly leaseMs: number
  /**
   * How many pending messages of the lane one turn takes. Fewer when one of another address follows, or one that is to be
   * taken `alone`.
   */
  readonly limit: number
  /** Leave lanes alone whose oldest message has been begun this often already. Default: take them too. */
  readonly maxAttempts?: number
  /** Claim this lane or none. Without it: the lane with the oldest claimable message. */
  readonly sessionKey?: string
}

/** One turn's worth of work. */
export interface Work {
  readonly lease: Lease
  /** In order of acceptance, at least one. `attempt` counts this claim. */
  readonly messages: readonly InboxMessage[]
  /** `once` calls that an earlier, lost attempt of these messages had begun, in order. */
  readonly calls: readonly JournaledCall[]
  /** The draft that an earlier, lost attempt left on the platform. */
  readonly draft?: Draft
}

/** What became of a message that arrived. A duplicate names the first. */
export interface Acceptance<Status extends string> {
  readonly status: Status | 'duplicate'
  readonly id: string
}

/**
 * The durable part of one agent. Every method reaches this agent's rows only. All of them reject with `StoreError`.
 * Lane methods that take a `Lease` reject with `LEASE_LOST` and write nothing when its token is no longer the lane's.
 */
export interface AgentStore {
  readonly agentId: string

  /** Recognise a duplicate and enqueue, in one write. `full`: it ended as `overflow` says. */
  accept(message: NewMessage, overflow?: Overflow): Promise<Acceptance<'accepted' | 'full'>>
  /**
   * Recognise a duplicate, else store a message that waits in no lane together with how it ends, in one write. `decide` is
   * called inside of it, with the lane as it stands: it must return at once. Nothing is written when it throws.
   */
  answer(message: NewMessage, decide: (lane: Backlog) => Answer): Promise<Acceptance<'answered'>>
  /**
   * Change a message that no turn has taken yet, a kept one too: a new body (the sender edited it) or none (withdrawn: it ends `dead` with
   * `reason`). `too-late` when a turn has it or it has ended, `unknown` when it was never accepted here.
   */
  amend(
    reference: MessageReference,
    change: { readonly body: JsonValue } | { readonly withdrawn: string },
  ): Promise<'amended' | 'too-late' | 'unknown'>

  /**
   * Keep a message that no turn is to answer, for the next turn of its session to know of (see `Commit.kept`). In the same
   * write the oldest of the session go that are more than `limit`. It makes no lane and no session.
   */
  keep(message: NewMessage, options: { readonly limit: number }): Promise<'kept' | 'duplicate'>
  /** What is kept for a session, oldest first. */
  kept(sessionKey: string): Promise<readonly KeptMessage[]>

  /** Session keys of lanes that nobody holds (or whose lease has ended) with a message that is due, oldest message first. */
  dueLanes(options: { readonly limit: number }): Promise<readonly string[]>
  /** Take a lane that nobody holds (or whose lease has ended) and its oldest pending messages. */
  claim(options: ClaimOptions): Promise<Work | undefined>
  /**
   * Take further pending messages of the lane into a running turn, under the same lease: up to `limit` that are of one
   * address with the last one taken, none of which has been begun `maxAttempts` times. Empty when there are none.
   */
  extend(
    lease: Lease,
    options: { readonly limit: number; readonly maxAttempts?: number },
  ): Promise<readonly InboxMessage[]>
  /** A later end for the same lease; undefined when it was lost: the turn must stop before it sends anything more. */
  renew(lease: Lease, leaseMs: number): Promise<Lease | undefined>
  /** Write down a `once` call before it runs, and again with its result. */
  journal(lease: Lease, call: JournaledCall): Promise<void>
  /** Write down the message that shows the answer while it is written: before its first send, and again with its id. */
  draft(lease: Lease, draft: Draft): Promise<void>
  /**
   * End the turn: transcript, deliveries, turn, session and inbox rows change in one transaction, and the lane is free.
   * `more` says that messages wait in the lane, so none that arrived meanwhile is stranded. Journal and draft are dropped.
   */
  commit(lease: Lease, commit: Commit): Promise<{ readonly more: boolean }>
  /**
   * Give the messages back, to be claimed again from `retryAt` on. Journal and draft are kept for the next attempt.
   * `uncounted`: the attempt ended for a reason that is not theirs.
   */
  release(
    lease: Lease,
    options: { readonly retryAt: number; readonly reason: string; readonly uncounted?: boolean },
  ): Promise<{ readonly more: boolean }>

  /** Session keys that have a delivery which `claimDeliveries` would give now, longest due first. */
  dueDeliveries(options: { readonly limit: number }): Promise<readonly string[]>
  /**
   * Mark due deliveries `sending` and return them: at most one for each address, always its oldest unfinished one.
   * An address with a delivery in `sending` gives none.
   */
  claimDeliveries(options: {
    readonly owner: string
    readonly leaseMs: number
    readonly limit: number
    /** Only of this session. */
    readonly sessionKey?: string
  }): Promise<readonly Delivery[]>
  settleDelivery(id: string, outcome: DeliveryOutcome): Promise<void>
  /**
   * Count deliveries as unknown whose sender's lease has ended, and return them. With `resend` they are `pending` and due
   * again in the same write, except those that were in doubt `mostResends` times before (default: no bound). Otherwise
   * they end `unknown`.
   */
  recoverDeliveries(options: {
    readonly resend: boolean
    readonly mostResends?: number
  }): Promise<readonly Delivery[]>

  sessions(): Promise<readonly Session[]>
  session(sessionKey: string): Promise<Session | undefined>
  removeSession(sessionKey: string): Promise<Removed>
  /**
   * Make a session of a conversation that took place elsewhere, in one write. The next turn goes on with it. Nothing is written
   * when it was restored before (`duplicate`), or when there is such a session already (`taken`).
   */
  restore(past: PastConversation): Promise<'restored' | 'duplicate' | 'taken'>
  /** The newest `limit` messages before `before`, oldest first. `current`: only of the session's current id. */
  transcript(
    sessionKey: string,
    options: { readonly limit: number; readonly before?: number; readonly current?: boolean },
  ): Promise<readonly TranscriptMessage[]>
  /** The newest `limit` entries of one conversation partner before the time `before`, oldest first. */
  conversation(
    address: AddressKey,
    options: { readonly limit: number; readonly before?: number },
  ): Promise<readonly ConversationEntry[]>

  /** By our message id, a native id, or the id or native id of a delivery. Native ids may match several. */
  find(id: string): Promise<readonly Story[]>
  counts(): Promise<Counts>
  table(name: string): Table
}
