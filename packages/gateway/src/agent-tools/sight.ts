import type { ToolContext } from '@junctor/agent'
import { isSessionKey, parseSessionKey } from '@junctor/session-key'
import { refusedBetween } from '../agent-to-agent/permission.ts'
import type { Snapshot } from '../snapshot.ts'

/** Whose session a call comes from. */
export type Caller = Pick<ToolContext, 'agent' | 'sessionKey'>

/** Which sessions of which agents a session may know of and write to. */
export interface Sight {
  /** Why the caller does not reach a session; undefined when it does. */
  refused(caller: Caller, sessionKey: string): Promise<string | undefined>
  /** Agents of which the caller may see sessions, its own first. */
  agents(caller: Caller): readonly string[]
}

export interface SightOptions {
  readonly snapshot: () => Snapshot
  readonly isSpawnedBy: (parent: string, child: string) => Promise<boolean>
}

export function createSight({ snapshot, isSpawnedBy }: SightOptions): Sight {
  const isConfined = ({ agent, sessionKey }: Caller): boolean =>
    snapshot().agents.get(agent.id)?.sandbox(sessionKey)?.sessionToolsVisibility === 'spawned'

  return {
    async refused(caller, sessionKey) {
      if (sessionKey === caller.sessionKey) return undefined
      if (!isSessionKey(sessionKey))
        return `${JSON.stringify(sessionKey)} is not a session key; sessions_list shows those that there are`
      const { agentId } = parseSessionKey(sessionKey)
      const { agents, config } = snapshot()
      const refused = refusedBetween(config.tools.agentToAgent, caller.agent.id, agentId)
      if (refused !== undefined) return refused
      if (!agents.has(agentId)) return `there is no agent "${agentId}"`
      if (isConfined(caller) && !(await isSpawnedBy(caller.sessionKey, sessionKey)))
        return `this session runs in a sandbox and reaches only sessions that it started itself (sandbox.sessionToolsVisibility is "spawned")`
      return undefined
    },
    agents(caller) {
      const { agents, config } = snapshot()
      const others = [...agents.keys()].filter(
        (agentId) =>
          agentId !== caller.agent.id &&
          refusedBetween(config.tools.agentToAgent, caller.agent.id, agentId) === undefined,
      )
      return [caller.agent.id, ...(isConfined(caller) ? [] : others)]
    },
  }
}
