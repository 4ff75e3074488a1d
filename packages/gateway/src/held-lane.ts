import type { Address } from '@junctor/channel'
import type { QueueMode } from '@junctor/config'
import { hasCode } from '@junctor/errors'
import type { AgentStore, InboxMessage, Session, Work } from '@junctor/store'
import { SUSPECT_ATTEMPTS } from './failure.ts'
import type { LanesOptions } from './lanes.ts'

/** What a turn knows of its lane while it runs. */
export interface LaneHold {
  readonly session: Session | undefined
  readonly mode: QueueMode
  /** Aborts when the lease is gone: write nothing more. */
  readonly lost: AbortSignal
  /** Aborts when the turn is to make way: for a newer message, or for a new start of its agent. Release its messages. */
  readonly interrupted: AbortSignal
  /** Takes what has come meanwhile into the turn, durably: its commit ends those messages too. */
  takeMore(): Promise<readonly InboxMessage[]>
}

export interface LaneResult {
  /** Messages wait in the lane. */
  readonly more: boolean
  /** They may be claimed from this time on. */
  readonly retryAt?: number
}

/** How a turn of this process can be reached from outside. */
export interface RunningTurn {
  /** Of the messages that it answers; undefined for one that has its turn to itself. */
  readonly address: Address | undefined
  readonly lost: AbortController
  readonly interrupted: AbortController
}

export interface HeldLane {
  readonly agent: AgentStore
  readonly work: Work
  readonly session: Session | undefined
  readonly turn: RunningTurn
  /** The message may be what ends the process: it is answered without others. */
  readonly isSuspect: boolean
}

const RETRY_AFTER_FAULT_MS = 1_000

/** Takes one turn and keeps the lease of its lane alive meanwhile. */
export async function holdLane(options: LanesOptions, held: HeldLane): Promise<LaneResult> {
  const { log, now, leaseMs } = options
  const { agent, session, turn } = held
  let { lease } = held.work
  const mode = options.modeOf(turn.address?.channel ?? '', session)

  const renew = async (): Promise<void> => {
    try {
      const renewed = await agent.renew(lease, leaseMs)
      if (renewed === undefined) turn.lost.abort(new Error('The lease of this lane was lost.'))
      else lease = renewed
    } catch (error) {
      log.warn({ error: String(error) }, 'a lease could not be renewed')
    }
  }
  const renewal = setInterval(() => void renew(), leaseMs / 3)
  renewal.unref()

  const takeMore = (): Promise<readonly InboxMessage[]> =>
    agent.extend(lease, { limit: options.queue().cap, maxAttempts: SUSPECT_ATTEMPTS })

  try {
    const isTogether = mode !== 'queue' && !held.isSuspect
    const messages = isTogether
      ? [...held.work.messages, ...(await takeMore())]
      : held.work.messages
    return await options.takeTurn(
      agent,
      { ...held.work, messages },
      {
        session,
        mode,
        lost: turn.lost.signal,
        interrupted: turn.interrupted.signal,
        takeMore: mode === 'steer' && isTogether ? takeMore : () => Promise.resolve([]),
      },
    )
  } catch (error) {
    const facts = { sessionKey: lease.sessionKey, error: String(error) }
    if (turn.lost.signal.aborted || hasCode(error, 'LEASE_LOST')) {
      log.info(facts, 'a turn lost its lane and wrote nothing')
      return { more: true }
    }
    // Nothing was written: the messages wait for another attempt.
    const retryAt = now() + RETRY_AFTER_FAULT_MS
    log.error(facts, 'a turn could not be ended')
    const { more } = await agent.release(lease, { retryAt, reason: String(error) })
    return { more, retryAt }
  } finally {
    clearInterval(renewal)
  }
}
