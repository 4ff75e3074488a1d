import { parseSessionKey } from '@junctor/session-key'
import type { Store } from '@junctor/store'
import type { Snapshot } from '../snapshot.ts'
import type { SubagentBook } from './subagent.ts'

const MINUTE_MS = 60_000

export interface ArchiveOptions {
  readonly store: Store
  readonly book: SubagentBook
  readonly snapshot: () => Snapshot
  /** How it ended is still to be told. */
  readonly isUnderWay: (sessionKey: string) => boolean
  readonly now: () => number
}

/** Removes sub-agents that were to be removed, and shows those no longer whose time has come. */
export function createArchive(options: ArchiveOptions): () => Promise<void> {
  const { store, book, snapshot, now } = options
  return async () => {
    for (const [sessionKey, { endedAt, cleanup }] of await book.all()) {
      if (endedAt === undefined || options.isUnderWay(sessionKey)) continue
      const { agentId } = parseSessionKey(sessionKey)
      const { archiveAfterMinutes = 0 } = snapshot().agents.get(agentId)?.subagents ?? {}
      const isDue = archiveAfterMinutes > 0 && now() >= endedAt + archiveAfterMinutes * MINUTE_MS
      if (cleanup === 'delete') await store.agent(agentId).removeSession(sessionKey)
      if (cleanup === 'delete' || isDue) await book.archive(sessionKey)
    }
  }
}
