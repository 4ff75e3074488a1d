import type { Payload } from './payload.ts'

/** Hands a payload to the account it is for. Resolves once it is stored. */
export type Accept = (payload: Payload) => Promise<void>

/**
 * The open accounts of one channel. An app that is installed in several workspaces has one stream of events for all of
 * them: an account may be told what another one has to know.
 */
export interface Siblings {
  join(teamId: string, accept: Accept): () => void
  find(teamId: string): Accept | undefined
}

export function createSiblings(): Siblings {
  const accounts = new Map<string, Set<Accept>>()
  return {
    join(teamId, accept) {
      const members = accounts.get(teamId) ?? new Set()
      accounts.set(teamId, members.add(accept))
      return () => members.delete(accept)
    },
    find: (teamId) => accounts.get(teamId)?.values().next().value,
  }
}
