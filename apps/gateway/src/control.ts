import type {
  AgentSummary,
  ControlPlane,
  CredentialStatus,
  NodeControl,
  Status,
} from '@junctor/api'
import type { AgentFacts, Gateway } from '@junctor/gateway'
import { createCronControl } from './cron-control.ts'
import { createRegistrationControl, type RegistrationControlOptions } from './registrations.ts'

export interface ControlOptions extends RegistrationControlOptions {
  readonly gateway: Gateway
  readonly nodes: NodeControl
  readonly version: string
  readonly configPath: string
  /** Why the file on disk is not in force. */
  readonly problem: () => string | undefined
  readonly sandboxes: () => Promise<Status['sandboxes']>
  readonly credentials: () => Promise<readonly CredentialStatus[]>
}

/** The gateway as its HTTP surface sees it. */
export function createControl({
  gateway,
  nodes,
  version,
  configPath,
  problem,
  sandboxes,
  credentials,
  ...places
}: ControlOptions): ControlPlane {
  return {
    async status(): Promise<Status> {
      const { startedAt, revision, ...facts } = await gateway.status()
      const found = problem()
      const config = {
        path: configPath,
        revision,
        ...(found === undefined ? {} : { problem: found }),
      }
      const containers = await sandboxes()
      const inContainers = containers === undefined ? {} : { sandboxes: containers }
      const keys = await credentials()
      const withKeys = keys.length === 0 ? {} : { credentials: keys }
      const paired = (await nodes.list()).nodes
      const withNodes = paired.length === 0 ? {} : { nodes: paired }
      return { version, startedAt, config, ...facts, ...inContainers, ...withKeys, ...withNodes }
    },
    agents: () => gateway.agents().map(summaryOf),
    pauseAgent: async (id, options) => summaryOf(await gateway.pauseAgent(id, options)),
    resumeAgent: async (id) => summaryOf(await gateway.resumeAgent(id)),
    restartAgent: async (id) => summaryOf(await gateway.restartAgent(id)),
    pairing: gateway.pairing,
    approvals: gateway.approvals,
    nodes,
    cron: createCronControl(gateway.cron),
    registrations: createRegistrationControl({ gateway, ...places }),
    tools: (question) => gateway.tools(question),
    canvases: gateway.canvases,
    why: (id) => gateway.why(id),
    conversation: (address, options) => gateway.conversation(address, options),
    handleRequest: (channel, accountId, request) =>
      gateway.handleRequest(channel, accountId, request),
  }
}

function summaryOf(agent: AgentFacts): AgentSummary {
  return { ...agent, isDemo: agent.model.startsWith('demo/') }
}
