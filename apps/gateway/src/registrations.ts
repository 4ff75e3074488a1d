import type { RegistrationControl } from '@junctor/api'
import type { Gateway } from '@junctor/gateway'
import { removeDirectories } from './agents/remove-directories.ts'
import { prepareAgent } from './starter/prepare-agents.ts'

export interface RegistrationControlOptions {
  readonly gateway: Gateway
  readonly stateDir: string
  readonly home: string
}

/** Runtime agents with what belongs to them on disk: starter files when one comes, and nothing when it is purged. */
export function createRegistrationControl({
  gateway,
  stateDir,
  home,
}: RegistrationControlOptions): RegistrationControl {
  const { registrations } = gateway
  const agents = () => gateway.config().agents.list
  return {
    list: () => registrations.list(),
    async addAgent(wanted, options) {
      const { id } = await registrations.addAgent(wanted, options)
      const agent = agents().find((each) => each.id === id)
      if (agent === undefined) return { id }
      await prepareAgent(agent)
      return { id, workspace: agent.workspace, agentDir: agent.agentDir }
    },
    async removeAgent(id, { purge, force }) {
      const agent = agents().find((each) => each.id === id.toLowerCase())
      const { agent: removed, bindings } = await registrations.removeAgent(id)
      const places = agent && { workspace: agent.workspace, agentDir: agent.agentDir }
      const facts = { id: removed.id, bindings: bindings.length, ...places }
      if (!purge) return facts
      const rows = await gateway.purgeAgent(removed.id)
      const none = { directories: [], kept: [] }
      const gone =
        agent && (await removeDirectories({ agent, others: agents(), stateDir, home, force }))
      return { ...facts, purged: { rows: { ...rows }, ...(gone ?? none) } }
    },
    bind: (binding, options) => registrations.bind(binding, options),
    unbind: (id) => registrations.unbind(id),
    purge: async (agentId) => ({ ...(await gateway.purgeAgent(agentId)) }),
  }
}
