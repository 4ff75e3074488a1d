import { existsSync } from 'node:fs'
import { hasCode } from '@junctor/errors'
import { StoreError, type AgentStore, type Removed, type Store } from '@junctor/store'
import { createAgentStore } from './agent-store.ts'
import { createGatewayStore, endAccountLeases } from './gateway-store.ts'
import {
  createEmptyDatabase,
  createHandle,
  openedReadOnly,
  type EmptyDatabase,
  type Handle,
  type StoreSettings,
} from './handle.ts'
import { endLeases } from './lane-head.ts'
import { acquireLock } from './lock.ts'
import { endSenders } from './outbox.ts'
import {
  agentDatabasePath,
  gatewayDatabasePath,
  listAgentIds,
  makePrivateDirectory,
  removeAgentFiles,
} from './paths.ts'
import { countAll, highestToken, NOTHING_REMOVED } from './remove.ts'
import { AGENT_SCHEMA } from './schema/agent.ts'
import { GATEWAY_SCHEMA } from './schema/gateway.ts'

interface OpenAgent {
  readonly store: AgentStore
  readonly handle: Handle
  readonly file: string
  /** Leases given out before the agent was removed must not fit lanes that are made afterwards. */
  raiseFence(token: number): void
}

export function createStore(settings: StoreSettings): Store {
  const { stateDir, mode } = settings
  if (mode === 'exclusive') makePrivateDirectory(stateDir)
  const lock = mode === 'exclusive' ? acquireLock(stateDir) : undefined
  const agents = new Map<string, OpenAgent>()
  let isClosed = false
  const emptyAgent = createEmptyDatabase(AGENT_SCHEMA)
  const emptyGateway = createEmptyDatabase(GATEWAY_SCHEMA)
  const gateway = createHandle({
    file: gatewayDatabasePath(stateDir),
    schema: GATEWAY_SCHEMA,
    settings,
    empty: emptyGateway,
    recover: endAccountLeases,
  })

  const agentOf = (agentId: string): OpenAgent => {
    const known = agents.get(agentId)
    if (known !== undefined) return known
    const agent = openAgent(settings, emptyAgent, agentId)
    // An agent asked for after the end answers like the ones asked for before it.
    if (isClosed) agent.handle.close()
    agents.set(agentId, agent)
    return agent
  }

  const refuseIfClosed = (): void => {
    if (isClosed)
      throw new StoreError(
        'CLOSED',
        `The store on ${stateDir} was closed. Open it again to use it.`,
      )
  }

  return {
    spec: 'store-v1',
    agent: (agentId) => agentOf(agentId).store,
    async agents() {
      refuseIfClosed()
      return listAgentIds(stateDir)
    },
    async removeAgent(agentId) {
      refuseIfClosed()
      if (mode === 'read-only') throw openedReadOnly(stateDir)
      const { handle, file, raiseFence } = agentOf(agentId)
      const removed = existsSync(file) ? takeStock(handle, raiseFence) : NOTHING_REMOVED
      handle.reset()
      removeAgentFiles(file)
      return removed
    },
    gateway: createGatewayStore(gateway),
    async close() {
      if (isClosed) return
      isClosed = true
      const failures: unknown[] = []
      for (const close of [...agents.values()]
        .map((agent) => agent.handle.close)
        .concat(gateway.close, emptyAgent.close, emptyGateway.close)) {
        try {
          close()
        } catch (error) {
          failures.push(error)
        }
      }
      lock?.release()
      if (failures.length > 0) throw failures[0]
    },
  }
}

function openAgent(settings: StoreSettings, empty: EmptyDatabase, agentId: string): OpenAgent {
  const file = agentDatabasePath(settings.stateDir, agentId)
  let fence = 0
  const handle = createHandle({
    file,
    schema: AGENT_SCHEMA,
    settings,
    empty,
    recover(database) {
      endLeases(database)
      endSenders(database)
      if (fence > 0) database.run('UPDATE fence SET token = max(token, ?)', fence)
    },
  })
  return {
    store: createAgentStore(agentId, handle),
    handle,
    file,
    raiseFence: (token) => {
      fence = Math.max(fence, token)
    },
  }
}

/** A database that cannot be read can still be removed; nobody knows what was in it. */
function takeStock(handle: Handle, raiseFence: (token: number) => void): Removed {
  try {
    const { database } = handle.writing()
    raiseFence(highestToken(database))
    return countAll(database)
  } catch (error) {
    if (hasCode(error, 'CORRUPT')) return NOTHING_REMOVED
    throw error
  }
}
