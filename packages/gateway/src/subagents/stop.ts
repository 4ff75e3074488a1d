import { parseSessionKey } from '@junctor/session-key'
import type { Store } from '@junctor/store'
import { commandTurn } from '../command-turn.ts'
import type { NewId } from '../ids.ts'
import { internalBody, internalReference } from '../internal/internal-message.ts'
import type { SubagentBook } from './subagent.ts'

export const STOPPED_BY_PARENT = 'the session that started it was stopped'

export interface StopSubagentsOptions {
  readonly store: Store
  readonly book: SubagentBook
  readonly newId: NewId
  readonly now: () => number
  /** What ran in this session has been ended in the store. */
  readonly stopped: (agentId: string, sessionKey: string) => void
}

/** Ends what the sub-agents of a session do, and theirs. Answers how many were at it. */
export function createStopSubagents({
  store,
  book,
  newId,
  now,
  stopped,
}: StopSubagentsOptions): (parent: string) => Promise<number> {
  const stopOne = async (sessionKey: string, parent: string): Promise<number> => {
    const { agentId } = parseSessionKey(sessionKey)
    const id = newId('msg')
    const origin = { kind: 'parent', sessionKey: parent } as const
    let unfinished = 0
    await store.agent(agentId).answer(
      {
        id,
        reference: internalReference(origin, `stop/${id}`),
        sessionKey,
        body: internalBody({ origin, text: 'Stop.', sentAt: now() }),
        trace: null,
      },
      (lane) => {
        unfinished = lane.messages.length
        return {
          turn: commandTurn(newId('turn'), now(), { command: 'stop' }),
          transcript: [],
          deliveries: [],
          outcome: { state: 'done' },
          stop: STOPPED_BY_PARENT,
        }
      },
    )
    stopped(agentId, sessionKey)
    return unfinished === 0 ? 0 : 1
  }

  const stopAll = async (parent: string): Promise<number> => {
    let count = 0
    for (const [sessionKey, { endedAt }] of await book.childrenOf(parent)) {
      count += await stopAll(sessionKey)
      if (endedAt === undefined) count += await stopOne(sessionKey, parent)
    }
    return count
  }
  return stopAll
}
