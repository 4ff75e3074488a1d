import { isUnavailable, type AgentState, type AgentStates } from '@junctor/router'
import type { Store } from '@junctor/store'
import { overrunText, type Ledger } from '../budget/ledger.ts'
import type { LaneKind } from '../lanes.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Breaker } from './breaker.ts'
import { pauseAgent, readPauses, resumeAgent, type Pause } from './pauses.ts'

/** What an agent is able to do now, and why. */
export interface AgentCondition {
  readonly state: AgentState
  /** In words, for status and for the people who write. */
  readonly reason?: string
  /** When it will be able to answer again by itself, in milliseconds since 1970. */
  readonly until?: number
}

/** Which agents can answer now. Asked for every message, so it answers from memory. */
export interface Availability {
  /** Every agent that is not plainly available. */
  states(): AgentStates
  conditionOf(agentId: string): AgentCondition
  /** Turns that the agent may take at the same time. */
  mostTurnsOf(agentId: string, kind: LaneKind): number
  /** Counts a turn while it runs. */
  during<Result>(agentId: string, turn: () => Promise<Result>): Promise<Result>
  /** Looks at what other processes have written. */
  refresh(): Promise<void>
  pause(agentId: string, pause: Pause): Promise<void>
  /** False when the agent was not paused. */
  resume(agentId: string): Promise<boolean>
}

export interface AvailabilityOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly breaker: Breaker
  readonly ledger: Ledger
}

export function createAvailability({
  store,
  snapshot,
  breaker,
  ledger,
}: AvailabilityOptions): Availability {
  let pauses: ReadonlyMap<string, Pause> = new Map()
  const running = new Map<string, number>()

  const isBusy = (agentId: string): boolean => {
    const most = snapshot().agents.get(agentId)?.limits.maxConcurrentTurns ?? 0
    return (running.get(agentId) ?? 0) >= most
  }

  const overrunOf = (agentId: string): ReturnType<Ledger['overrunOf']> => {
    const limits = snapshot().budgets.get(agentId)
    return limits && ledger.overrunOf(agentId, limits)
  }

  const conditionOf = (agentId: string): AgentCondition => {
    if (snapshot().pausedAgents.has(agentId)) return { state: 'paused' }
    const pause = pauses.get(agentId)
    if (pause !== undefined) {
      const { reason } = pause
      return { state: 'paused', ...(reason === undefined ? {} : { reason }) }
    }
    const overrun = overrunOf(agentId)
    if (overrun !== undefined)
      return { state: 'over-budget', reason: overrunText(overrun), until: overrun.endsAt }
    const until = breaker.failing().get(agentId)
    if (until !== undefined)
      return { state: 'failing', reason: 'its last turns failed one after the other', until }
    return { state: isBusy(agentId) ? 'busy' : 'available' }
  }

  return {
    states() {
      const states = new Map<string, AgentState>()
      for (const agentId of running.keys()) if (isBusy(agentId)) states.set(agentId, 'busy')
      for (const agentId of breaker.failing().keys()) states.set(agentId, 'failing')
      for (const agentId of snapshot().budgets.keys())
        if (overrunOf(agentId) !== undefined) states.set(agentId, 'over-budget')
      for (const agentId of pauses.keys()) states.set(agentId, 'paused')
      for (const agentId of snapshot().pausedAgents) states.set(agentId, 'paused')
      return states
    },
    conditionOf,
    mostTurnsOf(agentId, kind) {
      const { agents, config } = snapshot()
      // Under the other settings a waiting message is taken from its lane, for somebody else or to tell its sender.
      const waits = config.routing.onUnavailable === 'queue'
      if (waits && isUnavailable(conditionOf(agentId).state)) return 0
      const prepared = agents.get(agentId)
      if (prepared === undefined) return 0
      const { limits, subagents } = prepared
      return kind === 'subagent' ? subagents.maxConcurrent : limits.maxConcurrentTurns
    },
    async during(agentId, turn) {
      running.set(agentId, (running.get(agentId) ?? 0) + 1)
      breaker.begun(agentId)
      try {
        return await turn()
      } finally {
        const left = (running.get(agentId) ?? 1) - 1
        if (left > 0) running.set(agentId, left)
        else running.delete(agentId)
      }
    },
    async refresh() {
      pauses = await readPauses(store)
      await ledger.load(snapshot().budgets.keys())
    },
    async pause(agentId, pause) {
      await pauseAgent(store, agentId, pause)
      pauses = new Map(pauses).set(agentId, pause)
    },
    async resume(agentId) {
      const wasPaused = await resumeAgent(store, agentId)
      const left = new Map(pauses)
      left.delete(agentId)
      pauses = left
      return wasPaused
    },
  }
}
