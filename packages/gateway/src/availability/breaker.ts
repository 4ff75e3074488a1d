/** So many turns of an agent in a row fail within the window before it counts as failing. */
const MOST_FAILURES = 5
const WINDOW_MS = 5 * 60_000
/** How long a failing agent is left alone before one turn may show whether it works again. */
const COOL_DOWN_MS = 60_000

interface Record {
  /** When its last turns failed, without one that did not in between. */
  failures: readonly number[]
  /** Set while the agent is failing. From this time on one turn may try. */
  tryAgainAt: number | undefined
  isTrying: boolean
}

/** Notices agents whose turns fail one after the other. Kept in memory: a new process begins with trust. */
export interface Breaker {
  /** Agents that are failing, and when the next turn may try. An agent that may be tried now is not among them. */
  failing(): ReadonlyMap<string, number>
  begun(agentId: string): void
  /** `undecided`: the turn ended for a reason that says nothing about the agent. */
  ended(agentId: string, how: 'well' | 'failed' | 'undecided'): void
  /** The agent begins with trust again. */
  forget(agentId: string): void
}

/** Failures that are no sign of a broken agent: it was not asked, or its message was at fault. */
const undecided: ReadonlySet<string> = new Set([
  'AGENT_PAUSED',
  'AGENT_FAILING',
  'OVER_BUDGET',
  'GIVEN_UP',
  'INVALID_REQUEST',
])

/** How a turn ended, as the breaker sees it. */
export function verdictOf(outcome: string, code = ''): 'well' | 'failed' | 'undecided' {
  if (outcome === 'failed') return undecided.has(code) ? 'undecided' : 'failed'
  return outcome === 'answered' || outcome === 'silent' ? 'well' : 'undecided'
}

export function createBreaker(now: () => number): Breaker {
  const records = new Map<string, Record>()

  return {
    failing() {
      const at = now()
      const failing = new Map<string, number>()
      for (const [agentId, { tryAgainAt, isTrying }] of records) {
        if (tryAgainAt === undefined) continue
        if (isTrying || at < tryAgainAt) failing.set(agentId, Math.max(tryAgainAt, at))
      }
      return failing
    },
    begun(agentId) {
      const record = records.get(agentId)
      if (record?.tryAgainAt !== undefined && now() >= record.tryAgainAt) record.isTrying = true
    },
    ended(agentId, how) {
      if (how === 'well') {
        records.delete(agentId)
        return
      }
      const at = now()
      const record = records.get(agentId) ?? {
        failures: [],
        tryAgainAt: undefined,
        isTrying: false,
      }
      record.isTrying = false
      if (how === 'failed') {
        record.failures = [...record.failures, at].filter((each) => at - each < WINDOW_MS)
        const isFailing = record.tryAgainAt !== undefined || record.failures.length >= MOST_FAILURES
        if (isFailing) record.tryAgainAt = at + COOL_DOWN_MS
        records.set(agentId, record)
      }
    },
    forget: (agentId) => void records.delete(agentId),
  }
}
