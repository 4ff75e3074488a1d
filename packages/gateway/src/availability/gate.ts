import type { Address, Logger } from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import { isUnavailable, type AgentStates, type UnavailableState } from '@junctor/router'
import type { AgentStore, InboxMessage, Store, Work } from '@junctor/store'
import type { Ledger, Reservation } from '../budget/ledger.ts'
import { hasDayLimits } from '../budget/spending.ts'
import { addressOf, parseEnvelope, parseRoute, toJson } from '../envelopes.ts'
import type { LaneResult } from '../held-lane.ts'
import type { NewId } from '../ids.ts'
import { parseInternal } from '../internal/internal-message.ts'
import { factsAbout, factsToJson } from '../route-facts.ts'
import { inPlaceOf, narrow, type Route } from '../routes.ts'
import type { PreparedAgent, Snapshot } from '../snapshot.ts'
import type { TakeTurn } from '../turn.ts'
import type { AgentCondition, Availability } from './availability.ts'
import { HANDED_OVER, unavailableError, whyUnavailable } from './unavailable.ts'

export interface GateOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly availability: Availability
  readonly ledger: Ledger
  readonly takeTurn: TakeTurn
  /** A message waits in another lane. */
  readonly arrive: (agentId: string, sessionKey: string, from: Address) => void
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
  /** Aborts when the gateway waits no longer for running turns. */
  readonly signal: AbortSignal
}

/** How long a message that could not be handed over yet is left alone. */
const LOOK_AGAIN_MS = 60_000

/** Takes turns of agents that can answer. What waits for one that cannot waits on, goes to another, or is told so. */
export function createGate(options: GateOptions): TakeTurn {
  const { store, snapshot, availability, newId, now, log } = options

  const wait = async (agent: AgentStore, work: Work, until: number): Promise<LaneResult> => {
    const reason = `agent ${agent.agentId} cannot answer now`
    const { more } = await agent.release(work.lease, { retryAt: until, reason, uncounted: true })
    return { more, retryAt: until }
  }

  /**
   * Accepted there before it is withdrawn here: after a crash in between it is handed over again, and known there. It is
   * not due meanwhile, so that no other worker takes it.
   */
  const handOver = async (
    agent: AgentStore,
    work: Work,
    standIns: readonly StandInRoute[],
    reason: string,
  ): Promise<LaneResult> => {
    for (const { message, route, trace } of standIns) {
      const { agentId, sessionKey } = route
      const { id, status } = await store.agent(agentId).accept({
        id: newId('msg'),
        reference: message.reference,
        sessionKey,
        body: message.body,
        trace,
      })
      log.info({ messageId: message.id, newId: id, agentId: agent.agentId, to: agentId }, reason)
      if (status === 'accepted') options.arrive(agentId, sessionKey, addressOf(message.reference))
    }
    const retryAt = now() + LOOK_AGAIN_MS
    await agent.release(work.lease, { retryAt, reason, uncounted: true })
    for (const { message, route } of standIns)
      await agent.amend(message.reference, {
        withdrawn: `${HANDED_OVER} "${route.agentId}": ${reason}`,
      })
    return { more: true }
  }

  /** What becomes of messages whose agent cannot answer now. */
  const unanswered = async (
    state: UnavailableState,
    condition: AgentCondition,
    ...[agent, work, hold]: Parameters<TakeTurn>
  ): Promise<LaneResult> => {
    const { agentId } = agent
    const current = snapshot()
    const { onUnavailable } = current.config.routing
    if (onUnavailable === 'queue')
      return wait(agent, work, condition.until ?? now() + LOOK_AGAIN_MS)
    const states = availability.states()
    const standIns = work.messages.flatMap(
      (message) => standInOf(current, agentId, state, message, states) ?? [],
    )
    if (standIns.length === work.messages.length)
      return handOver(agent, work, standIns, whyUnavailable(agentId, condition))
    // Without anybody else an agent that may have recovered is worth a try.
    if (state === 'failing' && onUnavailable === 'fallback')
      return availability.during(agentId, () => options.takeTurn(agent, work, hold))
    const refusal = unavailableError(agentId, state, condition)
    return options.takeTurn(agent, work, hold, { refusal })
  }

  /** A turn of an agent that has a budget: set aside before it begins. */
  const withinBudget = async (
    limits: PreparedAgent['limits'],
    ...[agent, work, hold]: Parameters<TakeTurn>
  ): Promise<LaneResult> => {
    const { agentId } = agent
    const ask = { turns: 1, wallTimeMs: limits.turnTimeoutMs }
    let reservation: Reservation
    try {
      const signal = AbortSignal.any([hold.lost, options.signal])
      reservation = await options.ledger.reserve(agentId, limits, ask, signal)
    } catch (error) {
      const condition = availability.conditionOf(agentId)
      if (hasCode(error, 'OVER_BUDGET') && isUnavailable(condition.state))
        return unanswered(condition.state, condition, agent, work, hold)
      if (options.signal.aborted) return wait(agent, work, now())
      throw error
    }
    const startedAt = now()
    const terms = { timeLimitMs: reservation.reserved.wallTimeMs }
    try {
      return await availability.during(agentId, () => options.takeTurn(agent, work, hold, terms))
    } finally {
      await reservation.settle({ turns: 1, wallTimeMs: now() - startedAt })
    }
  }

  return (agent, work, hold) => {
    const { agentId } = agent
    const condition = availability.conditionOf(agentId)
    const prepared = snapshot().agents.get(agentId)
    if (prepared !== undefined && isUnavailable(condition.state))
      return unanswered(condition.state, condition, agent, work, hold)
    if (prepared !== undefined && hasDayLimits(prepared.limits))
      return withinBudget(prepared.limits, agent, work, hold)
    return availability.during(agentId, () => options.takeTurn(agent, work, hold))
  }
}

interface StandInRoute {
  readonly message: InboxMessage
  readonly route: Route
  readonly trace: InboxMessage['trace']
}

/**
 * Who answers the message now, in a session of its own of the same kind; undefined: nobody may. Nobody stands in for the one
 * whom another agent, or a job of its own, asked.
 */
function standInOf(
  snapshot: Snapshot,
  agentId: string,
  state: UnavailableState,
  message: InboxMessage,
  states: AgentStates,
): StandInRoute | undefined {
  if (parseInternal(message.body) !== undefined) return undefined
  const envelope = parseEnvelope(message.body)
  const facts = factsAbout(envelope, message.acceptedAt, states)
  const resolved = snapshot.router.resolve(envelope, facts)
  // What a policy says for itself holds as long as it still leads here.
  const found =
    resolved.insteadOf?.agentId === agentId ? resolved : snapshot.router.standInFor(agentId, states)
  if (found.agentId === agentId) return undefined
  const before = parseRoute(message.trace)
  const route: Route = {
    tier: before?.tier ?? 'default',
    ...(before?.binding === undefined ? {} : { binding: before.binding }),
    ...(before?.policy === undefined ? {} : { policy: before.policy }),
    ...inPlaceOf(message.sessionKey, found.agentId),
    insteadOf: { agentId, state },
  }
  if (narrow(snapshot, route, envelope) !== undefined) return undefined
  const trace = { ...Object(message.trace), route: toJson(route), facts: factsToJson(facts) }
  return { message, route, trace: toJson({ ...trace, handedOver: message.id }) }
}
