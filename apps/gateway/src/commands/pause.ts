import type { AgentSummary } from '@junctor/api'
import { hasCode } from '@junctor/errors'
import { pauseAgent, resumeAgent } from '@junctor/gateway'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'
import { withOwnStore } from '../read-store.ts'

interface PauseOptions {
  readonly reason?: string
  readonly json?: boolean
}

/**
 * `agents pause` and `agents resume`: through the running gateway, and on the store itself where none runs. `agents restart`
 * is about what runs.
 */
export function addPauseCommands(agents: Command, context: CliContext): void {
  agents
    .command('pause')
    .description('let an agent answer nothing until `agents resume`, also after a restart')
    .argument('<id>', 'the agent')
    .option('--reason <text>', 'why, for status and for the people who write')
    .option('--json', 'print JSON')
    .action(async (id: string, { reason, json = false }: PauseOptions) => {
      const body = reason === undefined ? {} : { reason }
      const at = Date.now()
      const agent = await change(context, id, 'pause', body, (agentId) =>
        withOwnStore(context, (store) => pauseAgent(store, agentId, { at, ...body })),
      )
      print(context, agent, json, `Agent ${agent.id} is paused.`)
    })

  agents
    .command('resume')
    .description('let a paused agent answer again')
    .argument('<id>', 'the agent')
    .option('--json', 'print JSON')
    .action(async (id: string, { json = false }: PauseOptions) => {
      const agent = await change(context, id, 'resume', {}, (agentId) =>
        withOwnStore(context, (store) => resumeAgent(store, agentId)),
      )
      print(context, agent, json, `Agent ${agent.id} answers again.`)
    })

  agents
    .command('restart')
    .description("end an agent's process; what it was answering is answered anew")
    .argument('<id>', 'the agent')
    .option('--json', 'print JSON')
    .action(async (id: string, { json = false }: PauseOptions) => {
      const path = `/api/v1/agents/${encodeURIComponent(id)}/restart`
      const { agent } = (await callGateway(context, 'POST', path, {})) as { agent: AgentSummary }
      print(context, agent, json, `Agent ${agent.id} was started anew.`)
    })
}

async function change(
  context: CliContext,
  id: string,
  verb: 'pause' | 'resume',
  body: object,
  directly: (agentId: string) => Promise<unknown>,
): Promise<Pick<AgentSummary, 'id' | 'state'>> {
  try {
    const path = `/api/v1/agents/${encodeURIComponent(id)}/${verb}`
    const { agent } = (await callGateway(context, 'POST', path, body)) as { agent: AgentSummary }
    return agent
  } catch (error) {
    if (!hasCode(error, 'NOT_RUNNING')) throw error
  }
  const { config } = await loadConfig(context)
  const agent = config.agents.list.find((entry) => entry.id === id)
  if (agent === undefined) {
    const known = config.agents.list.map((entry) => entry.id).join(', ')
    throw new CliError('NOT_FOUND', `There is no agent "${id}" (agents.list has ${known}).`)
  }
  if (verb === 'resume' && agent.paused)
    throw new CliError('USAGE', `Agent "${id}" is paused in the config: set its paused to false.`)
  await directly(id)
  return { id, state: verb === 'pause' ? 'paused' : 'available' }
}

function print(context: CliContext, agent: object, json: boolean, text: string): void {
  context.print(json ? JSON.stringify(agent, undefined, 2) : text)
}
