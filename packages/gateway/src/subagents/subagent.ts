import { createHash } from 'node:crypto'
import type { JsonValue, Store } from '@junctor/store'
import { isSessionKey, parseSessionKey, sessionKey as writeSessionKey } from '@junctor/session-key'
import { toJson } from '../envelopes.ts'
import type { AnswerTo } from '../mail.ts'

/** How a sub-agent ended, as the gateway saw it. */
export type SubagentStatus = 'ok' | 'error' | 'timeout' | 'stopped'

/** A session that another one started for a task. Plain JSON. */
export interface Subagent {
  readonly parent: string
  readonly label?: string
  /** 1 for one that a person's session started. */
  readonly depth: number
  /** `provider/model` that it is asked with. Absent: as its agent is. */
  readonly model?: string
  /** How long its turn may take, counted from when it first began. */
  readonly timeoutMs?: number
  /** Whether the session stays when it has ended. */
  readonly cleanup: 'keep' | 'delete'
  /** Where the people are on whose behalf it works. */
  readonly answerTo?: AnswerTo
  readonly createdAt: number
  readonly beganAt?: number
  readonly endedAt?: number
  readonly status?: SubagentStatus
}

/** The sub-agents of all agents, by their session keys. */
export interface SubagentBook {
  /** Also of one that is archived, for 30 days. */
  get(sessionKey: string): Promise<Subagent | undefined>
  /** Answers false when there is one already. */
  add(sessionKey: string, subagent: Subagent): Promise<boolean>
  change(sessionKey: string, changes: Partial<Subagent>): Promise<void>
  /** It has ended and is no longer shown. What is known of it stays: the same call must not start it again. */
  archive(sessionKey: string): Promise<void>
  /** Those that a session started, without the archived ones. */
  childrenOf(parent: string): Promise<ReadonlyMap<string, Subagent>>
  /** Without the archived ones. */
  all(): Promise<ReadonlyMap<string, Subagent>>
  /** The agent is being removed, with its sub-agents. */
  forget(agentId: string): Promise<void>
}

const ARCHIVED_MS = 30 * 24 * 60 * 60_000

export function createSubagentBook(store: Pick<Store, 'gateway'>): SubagentBook {
  const table = store.gateway.table('subagents')
  const archived = store.gateway.table('subagents-archived')

  const all = async (): Promise<Map<string, Subagent>> => {
    const found = new Map<string, Subagent>()
    for (const key of await table.list()) {
      const entry = await table.get(key)
      if (entry !== undefined) found.set(key, parse(entry.value))
    }
    return found
  }

  return {
    async get(sessionKey) {
      const entry = (await table.get(sessionKey)) ?? (await archived.get(sessionKey))
      return entry === undefined ? undefined : parse(entry.value)
    },
    async add(sessionKey, subagent) {
      if ((await archived.get(sessionKey)) !== undefined) return false
      return table.put(sessionKey, toJson(subagent), { version: 0 })
    },
    async archive(sessionKey) {
      const entry = await table.get(sessionKey)
      if (entry === undefined) return
      await archived.put(sessionKey, entry.value, { ttlMs: ARCHIVED_MS })
      await table.remove(sessionKey)
    },
    async change(sessionKey, changes) {
      for (;;) {
        const entry = await table.get(sessionKey)
        if (entry === undefined) return
        const changed = toJson({ ...parse(entry.value), ...changes })
        if (await table.put(sessionKey, changed, { version: entry.version })) return
      }
    },
    async childrenOf(parent) {
      return new Map([...(await all())].filter(([, subagent]) => subagent.parent === parent))
    },
    all,
    async forget(agentId) {
      for (const each of [table, archived])
        for (const key of await each.list())
          if (parseSessionKey(key).agentId === agentId) await each.remove(key)
    },
  }
}

/** The same session for the same call, however often it is made. */
export function subagentSessionKey(agentId: string, callKey: string): string {
  const hex = createHash('sha256').update(callKey).digest('hex')
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return writeSessionKey({ kind: 'subagent', agentId, id: [...id, hex.slice(20, 32)].join('-') })
}

export function isSubagent(sessionKey: string): boolean {
  return isSessionKey(sessionKey) && parseSessionKey(sessionKey).kind === 'subagent'
}

/** Only the book writes to its table. */
function parse(value: JsonValue): Subagent {
  return value as unknown as Subagent
}
