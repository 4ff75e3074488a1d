import type { Tool } from '@junctor/agent'
import type { Snapshot } from '../snapshot.ts'
import type { Caller, Sight } from './sight.ts'

export interface AgentsListOptions {
  readonly snapshot: () => Snapshot
  readonly sight: Sight
  /** Agents that may be started as sub-agents. */
  readonly spawnable: (caller: Caller) => readonly string[]
}

/** The tool `agents_list`: which agents this one may write to or start. Of others it learns nothing. */
export function agentsListTool({ snapshot, sight, spawnable }: AgentsListOptions): Tool {
  return {
    name: 'agents_list',
    description:
      'The agents that you may write to with sessions_send or start with sessions_spawn.',
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    async run(_input, context) {
      const reached = sight.agents(context)
      const started = spawnable(context)
      const agents = [...new Set([...reached, ...started])].flatMap((id) => {
        const prepared = snapshot().agents.get(id)
        if (prepared === undefined) return []
        return {
          id,
          name: prepared.agent.name,
          isYou: id === context.agent.id,
          sessionsSend: reached.includes(id),
          sessionsSpawn: started.includes(id),
        }
      })
      return JSON.stringify({ agents }, undefined, 1)
    },
  }
}
