import { parseSessionKey } from '@junctor/session-key'
import { GatewayError } from '../errors.ts'
import type { Snapshot } from '../snapshot.ts'
import type { AgentGate } from '../tool-policy/gates.ts'
import { sessionToolPlace } from '../tool-policy/place.ts'
import { isSubagent, type SubagentBook } from './subagent.ts'

/** What holds for the turns of a session that another one started, beside what its agent has. */
export interface SubagentTerms {
  readonly model?: string
  readonly timeLimitMs?: number
  /** What the session that started it may do: it never has more. */
  readonly parent: AgentGate
}

export interface SubagentTermsOptions {
  readonly book: SubagentBook
  /** The session in which a job was made that has this session of its own. Rejects with `UNKNOWN_JOB`. */
  readonly makerOf: (sessionKey: string) => Promise<string | undefined>
  readonly snapshot: () => Snapshot
  readonly now: () => number
}

/**
 * Both are undefined for a session that no other one started, and reject with `UNKNOWN_SUBAGENT` for one of which nothing is
 * known any more: nobody could say what it may do.
 */
export interface TermsOfSubagents {
  /** A turn begins. */
  begin(sessionKey: string): Promise<SubagentTerms | undefined>
  /** What the session that started it may do. */
  parentOf(sessionKey: string): Promise<AgentGate | undefined>
}

export function createSubagentTerms({
  book,
  makerOf,
  snapshot,
  now,
}: SubagentTermsOptions): TermsOfSubagents {
  const gateOf = async (sessionKey: string): Promise<AgentGate> => {
    const { agents, admission } = snapshot()
    const prepared = agents.get(parseSessionKey(sessionKey).agentId)
    if (prepared === undefined) return { check: () => ({ allowed: false, rule: 'it is gone' }) }
    const place = sessionToolPlace(admission, sessionKey)
    const parent = await parentOf(sessionKey)
    return prepared.gate(parent === undefined ? place : { ...place, parent })
  }

  const knownOf = async (sessionKey: string) => {
    const subagent = await book.get(sessionKey)
    if (subagent !== undefined) return subagent
    throw new GatewayError(
      'UNKNOWN_SUBAGENT',
      `Nothing is known of the session that started ${sessionKey}, and so of what it may do.`,
    )
  }

  const parentOf = async (sessionKey: string): Promise<AgentGate | undefined> => {
    const parent = isSubagent(sessionKey)
      ? (await knownOf(sessionKey)).parent
      : await makerOf(sessionKey)
    return parent === undefined ? undefined : gateOf(parent)
  }

  return {
    parentOf,
    async begin(sessionKey) {
      const parent = await parentOf(sessionKey)
      if (parent === undefined || !isSubagent(sessionKey)) return parent && { parent }
      const { model, timeoutMs, beganAt } = await knownOf(sessionKey)
      if (beganAt === undefined) await book.change(sessionKey, { beganAt: now() })
      return {
        parent,
        ...(model === undefined ? {} : { model }),
        ...(timeoutMs === undefined
          ? {}
          : { timeLimitMs: Math.max(1, (beganAt ?? now()) + timeoutMs - now()) }),
      }
    },
  }
}
