import type { Tool } from '@junctor/agent'
import { isSessionKey, parseSessionKey } from '@junctor/session-key'
import type { Session, Store } from '@junctor/store'
import { isSubagent, type SubagentBook } from '../subagents/subagent.ts'
import { countOf } from './input.ts'
import type { Caller, Sight } from './sight.ts'
import { fieldOf } from '../envelopes.ts'

export interface SessionsListOptions {
  readonly store: Store
  readonly sight: Sight
  readonly book: Pick<SubagentBook, 'all'>
  readonly now: () => number
}

const MINUTE_MS = 60_000

/** The tool `sessions_list`: the conversations that this session may know of, the latest first. */
export function sessionsListTool({ store, sight, book, now }: SessionsListOptions): Tool {
  const visibleTo = async (caller: Caller): Promise<readonly Session[]> => {
    const sessions: Session[] = []
    for (const agentId of sight.agents(caller))
      for (const session of await store.agent(agentId).sessions())
        if ((await sight.refused(caller, session.sessionKey)) === undefined) sessions.push(session)
    return sessions.sort((one, other) => other.updatedAt - one.updatedAt)
  }

  return {
    name: 'sessions_list',
    description:
      'The sessions that you may see, the latest first: key, kind, when it was last answered in, turns, model.',
    inputSchema: {
      type: 'object',
      properties: {
        agentId: { type: 'string', description: 'Only sessions of this agent.' },
        kinds: {
          type: 'array',
          items: { type: 'string', enum: ['main', 'dm', 'group', 'channel', 'subagent', 'cron'] },
          description: 'Only sessions of these kinds.',
        },
        activeMinutes: { type: 'integer', description: 'Only those active in so many minutes.' },
        limit: { type: 'integer', description: '1 to 100, by default 20.' },
      },
      additionalProperties: false,
    },
    async run(input, context) {
      const limit = countOf(input, 'limit', { least: 1, most: 100, otherwise: 20 })
      const minutes = countOf(input, 'activeMinutes', { least: 0, most: 1e9, otherwise: 1e9 })
      const agentId = fieldOf(input, 'agentId')
      const kinds = fieldOf(input, 'kinds')
      const subagents = await book.all()
      const found = (await visibleTo(context)).filter(
        ({ sessionKey, updatedAt }) =>
          (!isSubagent(sessionKey) || subagents.has(sessionKey)) &&
          updatedAt >= now() - minutes * MINUTE_MS &&
          (agentId === null || agentOf(sessionKey) === agentId) &&
          (!Array.isArray(kinds) || kinds.includes(kindOf(sessionKey))),
      )
      const shown = found.slice(0, limit).map((session) => {
        const { label, status } = subagents.get(session.sessionKey) ?? {}
        return {
          sessionKey: session.sessionKey,
          agentId: agentOf(session.sessionKey),
          kind: kindOf(session.sessionKey),
          label,
          status,
          isThisOne: session.sessionKey === context.sessionKey ? true : undefined,
          lastActive: new Date(session.updatedAt).toISOString(),
          turns: session.turns,
          model: session.model,
        }
      })
      return JSON.stringify({ sessions: shown, more: found.length - shown.length }, undefined, 1)
    },
  }
}

function agentOf(sessionKey: string): string | undefined {
  return isSessionKey(sessionKey) ? parseSessionKey(sessionKey).agentId : undefined
}

function kindOf(sessionKey: string): string {
  const { kind } = parseSessionKey(sessionKey)
  return kind === 'person' ? 'dm' : kind
}
