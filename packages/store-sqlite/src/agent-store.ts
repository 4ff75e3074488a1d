import type { AgentStore } from '@junctor/store'
import { answer } from './answer.ts'
import { claim, dueLanes, extend } from './claim.ts'
import { commit } from './commit.ts'
import { readConversation } from './conversation.ts'
import { counts } from './counts.ts'
import { find } from './find.ts'
import type { Access } from './handle.ts'
import { accept, amend } from './inbox.ts'
import { draft, journal } from './journal.ts'
import { keep, listKept } from './kept.ts'
import { release, renew } from './lease.ts'
import { claimDeliveries, dueDeliveries, recoverDeliveries, settleDelivery } from './outbox.ts'
import { removeSession } from './remove.ts'
import { restore } from './restore.ts'
import { getSession, listSessions, readTranscript } from './sessions.ts'
import { openTable } from './table.ts'

/** Async functions around synchronous work: each one has happened when it returns, and faults become rejections. */
export function createAgentStore(agentId: string, access: Access): AgentStore {
  return {
    agentId,
    async accept(message, overflow) {
      return accept(access.creating(), message, overflow)
    },
    async answer(message, decide) {
      return answer(access.creating(), message, decide)
    },
    async amend(reference, change) {
      return amend(access.writing(), reference, change)
    },
    async keep(message, options) {
      return keep(access.creating(), message, options)
    },
    async kept(sessionKey) {
      return listKept(access.reading(), sessionKey)
    },
    async dueLanes(options) {
      return dueLanes(access.reading(), options)
    },
    async claim(options) {
      return claim(access.writing(), options)
    },
    async extend(lease, options) {
      return extend(access.writing(), lease, options)
    },
    async renew(lease, leaseMs) {
      return renew(access.writing(), lease, leaseMs)
    },
    async journal(lease, call) {
      journal(access.writing(), lease, call)
    },
    async draft(lease, shown) {
      draft(access.writing(), lease, shown)
    },
    async commit(lease, change) {
      return commit(access.writing(), lease, change)
    },
    async release(lease, options) {
      return release(access.writing(), lease, options)
    },
    async dueDeliveries(options) {
      return dueDeliveries(access.reading(), options)
    },
    async claimDeliveries(options) {
      return claimDeliveries(access.writing(), options)
    },
    async settleDelivery(id, outcome) {
      settleDelivery(access.writing(), id, outcome)
    },
    async recoverDeliveries(options) {
      return recoverDeliveries(access.writing(), options)
    },
    async sessions() {
      return listSessions(access.reading())
    },
    async session(sessionKey) {
      return getSession(access.reading(), sessionKey)
    },
    async removeSession(sessionKey) {
      return removeSession(access.writing(), sessionKey)
    },
    async restore(past) {
      return restore(access.creating(), past)
    },
    async transcript(sessionKey, options) {
      return readTranscript(access.reading(), sessionKey, options)
    },
    async conversation(address, options) {
      return readConversation(access.reading(), address, options)
    },
    async find(id) {
      return find(access.reading(), id)
    },
    async counts() {
      return counts(access.reading())
    },
    table: (name) => openTable(access, name),
  }
}
