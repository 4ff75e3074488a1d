import type { Address, Logger } from '@junctor/channel'
import type { QueueConfig, QueueMode } from '@junctor/config'
import type { AgentStore, Session, Store, Work } from '@junctor/store'
import { isSameAddress } from './envelopes.ts'
import { SUSPECT_ATTEMPTS } from './failure.ts'
import { holdLane, type LaneHold, type LaneResult, type RunningTurn } from './held-lane.ts'
import { createKeyedWorkers } from './keyed-workers.ts'
import { isSubagent } from './subagents/subagent.ts'
import { createSuspects } from './suspects.ts'
import { createWakeTimers } from './wake-timers.ts'

/** Sub-agents take no place of people's sessions, nor the other way round. */
export type LaneKind = 'session' | 'subagent'

export interface LanesOptions {
  readonly store: Store
  readonly owner: string
  readonly leaseMs: number
  /** Turns at a time over all agents. */
  readonly maxActive: number
  /** Turns at a time of one agent, sub-agents apart from the others; 0 for an agent that does not work now. */
  maxActiveOf(agentId: string, kind: LaneKind): number
  /** The settings in force now. */
  queue(): QueueConfig
  modeOf(channel: string, session: Session | undefined): QueueMode
  /** Take one turn with the work and commit or release it. */
  takeTurn(agent: AgentStore, work: Work, hold: LaneHold): Promise<LaneResult>
  readonly log: Logger
  readonly now: () => number
}

/** One session is one lane: one turn at a time, in the order of acceptance. Different lanes run side by side. */
export interface Lanes {
  /** A message was accepted. What becomes of a running turn depends on the session's queue mode. */
  arrive(agentId: string, sessionKey: string, from: Address): void
  /** A message was accepted that has its turn to itself: a running turn goes on. */
  wake(agentId: string, sessionKey: string): void
  /** The running turn of a session waits for another session: it takes up no place meanwhile. */
  aside<Result>(agentId: string, sessionKey: string, wait: () => Promise<Result>): Promise<Result>
  /** The store has ended what ran in this session: the turn must write nothing more. */
  stop(agentId: string, sessionKey: string): void
  /** Wake every lane of an agent in which a message is due. */
  sweep(agentId: string): Promise<void>
  /** Ends every turn of an agent, of which nothing is written. Resolves when none runs. */
  drop(agentId: string): Promise<void>
  /** Hands the messages of an agent's turns back, to be answered by new ones. Counts them. */
  restart(agentId: string): number
  /** Begin no more turns. */
  pause(): void
  idle(): Promise<void>
}

/** Messages that came since the lane was last looked at. */
interface Arrival {
  readonly channel: string
  readonly at: number
  readonly count: number
}

export function createLanes(options: LanesOptions): Lanes {
  const { store, owner, leaseMs, log, now } = options
  const timers = createWakeTimers(now)
  const turns = new Map<string, RunningTurn>()
  const arrivals = new Map<string, Arrival>()
  const nameOf = (agentId: string, sessionKey: string): string => `${agentId}\n${sessionKey}`

  const run = async (agentId: string, sessionKey: string): Promise<boolean> => {
    const agent = store.agent(agentId)
    const session = await agent.session(sessionKey)
    const quietAt = quietFrom(nameOf(agentId, sessionKey), session)
    if (quietAt !== undefined) {
      timers.wakeAt(quietAt, () => wake(agentId, sessionKey))
      return false
    }
    const claim = { owner, leaseMs, limit: 1, sessionKey }
    const work = await agent.claim({ ...claim, maxAttempts: SUSPECT_ATTEMPTS })
    if (work !== undefined) return take(agent, work, session, false)
    return suspects.alone(agentId, sessionKey, async () => {
      const suspected = await agent.claim(claim)
      return suspected !== undefined && (await take(agent, suspected, session, true))
    })
  }

  /** When messages that are being collected are to be answered; undefined: now. */
  const quietFrom = (lane: string, session: Session | undefined): number | undefined => {
    const arrival = arrivals.get(lane)
    if (arrival === undefined) return undefined
    const { debounceMs, cap } = options.queue()
    const quietAt = arrival.at + debounceMs
    const isCollecting = options.modeOf(arrival.channel, session) === 'collect'
    if (isCollecting && arrival.count < cap && now() < quietAt) return quietAt
    arrivals.delete(lane)
    return undefined
  }

  const take = async (
    agent: AgentStore,
    work: Work,
    session: Session | undefined,
    isSuspect: boolean,
  ): Promise<boolean> => {
    const { sessionKey } = work.lease
    const lane = nameOf(agent.agentId, sessionKey)
    const [first] = work.messages
    const turn: RunningTurn = {
      address: first?.alone === true ? undefined : first?.reference,
      lost: new AbortController(),
      interrupted: new AbortController(),
    }
    turns.set(lane, turn)
    try {
      const { more, retryAt } = await holdLane(options, { agent, work, session, turn, isSuspect })
      if (retryAt === undefined) return more
      timers.wakeAt(retryAt, () => wake(agent.agentId, sessionKey))
      return false
    } finally {
      turns.delete(lane)
    }
  }

  /** A message of the same conversation came while the turn ran. */
  const interrupt = async (
    agentId: string,
    sessionKey: string,
    { channel }: Address,
    turn: RunningTurn,
  ): Promise<void> => {
    const session = await store.agent(agentId).session(sessionKey)
    if (options.modeOf(channel, session) !== 'interrupt') return
    turn.interrupted.abort(new Error('a newer message came in while it was being answered'))
  }

  const workers = createKeyedWorkers({
    run: (group, sessionKey) => {
      const { agentId } = parseGroup(group)
      return run(agentId, sessionKey).catch((error: unknown) => {
        // The rows stand as they were; the sweep finds them once the lease has ended.
        log.error({ agentId, sessionKey, error: String(error) }, 'a lane could not be worked')
        return false
      })
    },
    maxActive: options.maxActive,
    maxActiveInGroup: (group) => {
      const { agentId, kind } = parseGroup(group)
      return options.maxActiveOf(agentId, kind)
    },
  })
  const wake = (agentId: string, sessionKey: string): void =>
    workers.wake(groupOf(agentId, sessionKey), sessionKey)
  const suspects = createSuspects(wake)

  return {
    arrive(agentId, sessionKey, from) {
      const lane = nameOf(agentId, sessionKey)
      const count = (arrivals.get(lane)?.count ?? 0) + 1
      arrivals.set(lane, { channel: from.channel, at: now(), count })
      wake(agentId, sessionKey)
      const turn = turns.get(lane)
      if (turn?.address === undefined || !isSameAddress(turn.address, from)) return
      interrupt(agentId, sessionKey, from, turn).catch((error: unknown) =>
        log.error({ agentId, sessionKey, error: String(error) }, 'a turn was not interrupted'),
      )
    },
    wake,
    aside: (agentId, sessionKey, wait) => workers.aside(groupOf(agentId, sessionKey), wait),
    stop(agentId, sessionKey) {
      turns.get(nameOf(agentId, sessionKey))?.lost.abort(new Error('The session was stopped.'))
    },
    async sweep(agentId) {
      for (const sessionKey of await store.agent(agentId).dueLanes({ limit: 1_000 }))
        wake(agentId, sessionKey)
    },
    async drop(agentId) {
      for (const lane of arrivals.keys())
        if (lane.startsWith(nameOf(agentId, ''))) arrivals.delete(lane)
      for (const [lane, turn] of turns)
        if (lane.startsWith(nameOf(agentId, '')))
          turn.lost.abort(new Error('The agent is being removed.'))
      await Promise.all([workers.drop(agentId), workers.drop(agentId + SUBAGENTS)])
    },
    restart(agentId) {
      const running = [...turns].filter(([lane]) => lane.startsWith(nameOf(agentId, '')))
      for (const [, turn] of running)
        turn.interrupted.abort(new Error('the agent was started anew while it was being answered'))
      return running.length
    },
    pause() {
      timers.clear()
      workers.pause()
    },
    idle: () => workers.idle(),
  }
}

/** Agents' ids hold no space. */
const SUBAGENTS = ' subagents'

function groupOf(agentId: string, sessionKey: string): string {
  return isSubagent(sessionKey) ? agentId + SUBAGENTS : agentId
}

function parseGroup(group: string): { readonly agentId: string; readonly kind: LaneKind } {
  return group.endsWith(SUBAGENTS)
    ? { agentId: group.slice(0, -SUBAGENTS.length), kind: 'subagent' }
    : { agentId: group, kind: 'session' }
}
