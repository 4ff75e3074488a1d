import type { AgentStore, Store, Story, TurnRecord } from '@junctor/store'
import { setTimeout as sleep } from 'node:timers/promises'
import { fieldOf, textOf } from '../envelopes.ts'

/** How a message that somebody waits for has ended. */
export interface MessageEnd {
  readonly outcome: 'answered' | 'silent' | 'failed'
  /** What the agent wrote; empty unless it answered. */
  readonly text: string
  /** Why it failed. */
  readonly reason?: string
  readonly turn?: TurnRecord
}

/** Tells those who wait how messages end. What another process does is seen by looking. */
export interface Answers {
  /** Undefined while it waits or is in work. */
  of(agentId: string, messageId: string): Promise<MessageEnd | undefined>
  /** Rejects with the signal's reason when it aborts. */
  until(agentId: string, messageId: string, signal: AbortSignal): Promise<MessageEnd>
  /** A turn of this agent has ended here. */
  turnEnded(agentId: string): void
}

const LOOK_EVERY_MS = 2_000
const WINDOW = 50

export function createAnswers(store: Store): Answers {
  /** Called when a turn of the agent ends. */
  const waiting = new Map<string, Set<() => void>>()

  const of = async (agentId: string, messageId: string): Promise<MessageEnd | undefined> => {
    const agent = store.agent(agentId)
    const story = (await agent.find(messageId)).find(({ message }) => message.id === messageId)
    return story === undefined ? undefined : endOf(agent, story)
  }

  const nextTurn = async (agentId: string, signal: AbortSignal): Promise<void> => {
    const told = Promise.withResolvers<void>()
    const ofAgent = waiting.get(agentId) ?? new Set()
    waiting.set(agentId, ofAgent.add(told.resolve))
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    try {
      await Promise.race([told.promise, sleep(LOOK_EVERY_MS, undefined, { signal: either })])
    } finally {
      stop.abort()
      ofAgent.delete(told.resolve)
      if (ofAgent.size === 0 && waiting.get(agentId) === ofAgent) waiting.delete(agentId)
    }
  }

  return {
    of,
    async until(agentId, messageId, signal) {
      for (;;) {
        signal.throwIfAborted()
        const next = nextTurn(agentId, signal)
        // It is heard below, unless the message has ended already.
        next.catch(() => {})
        const end = await of(agentId, messageId)
        if (end !== undefined) return end
        await next.catch((error: unknown) => {
          throw signal.aborted ? signal.reason : error
        })
      }
    },
    turnEnded(agentId) {
      const told = waiting.get(agentId) ?? []
      for (const tell of told) tell()
    },
  }
}

async function endOf(agent: AgentStore, story: Story): Promise<MessageEnd | undefined> {
  const { state, reason, sessionKey } = story.message
  if (state === 'pending' || state === 'claimed') return undefined
  const turn = story.turns.at(-1)
  const record = turn === undefined ? {} : { turn }
  if (state === 'dead')
    return { outcome: 'failed', text: '', ...record, ...(reason === undefined ? {} : { reason }) }
  if (turn?.outcome !== 'answered') return { outcome: 'silent', text: '', ...record }
  return { outcome: 'answered', text: await saidIn(agent, sessionKey, turn.id), ...record }
}

/** The last thing that the agent said in a turn. */
async function saidIn(agent: AgentStore, sessionKey: string, turnId: string): Promise<string> {
  let before = Number.MAX_SAFE_INTEGER
  for (;;) {
    const rows = await agent.transcript(sessionKey, { limit: WINDOW, before })
    const [oldest] = rows
    if (oldest === undefined) return ''
    for (const { role, parts } of rows.filter((row) => row.turnId === turnId).toReversed()) {
      if (role !== 'assistant') continue
      const text = parts
        .filter((part) => fieldOf(part, 'type') === 'text')
        .map((part) => textOf(part, 'text'))
        .join('')
      if (text.trim() !== '') return text
    }
    before = oldest.seq
  }
}
