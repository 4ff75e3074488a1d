import type { AgentConfig } from '../config.ts'
import { quote } from '../schema/reader.ts'
import { join, type CheckContext } from './check.ts'

export function checkAgents(context: CheckContext): void {
  const { config, input, report, at } = context
  const { list } = config.agents
  for (const [index, { id }] of list.entries()) {
    const first = list.findIndex((agent) => agent.id === id)
    if (first === index) continue
    const message = `agents.list[${first}] already has the id ${quote(id)}`
    report.error(at(['agents', 'list', index, 'id']), 'DUPLICATE_ID', message, 'rename one')
  }
  const marked = (input.agents?.list ?? []).filter((agent) => agent.default === true)
  if (marked.length > 1) {
    const index = input.agents?.list?.lastIndexOf(marked[1] ?? { id: '' }) ?? 0
    report.error(
      at(['agents', 'list', index, 'default']),
      'DUPLICATE_DEFAULT',
      `the agents ${join(marked.map(({ id }) => quote(id)))} are all marked default: true`,
      'keep one: it answers what no binding catches',
    )
  }
  for (const [index, agent] of list.entries()) {
    checkAgentDir(agent, index, context)
    checkWorkspace(agent, index, context)
  }
}

function checkAgentDir(agent: AgentConfig, index: number, context: CheckContext): void {
  const { config, report, at, canonicalPath } = context
  const own = canonicalPath(agent.agentDir)
  const other = config.agents.list
    .slice(0, index)
    .find(({ id, agentDir }) => id !== agent.id && canonicalPath(agentDir) === own)
  if (other === undefined) return
  report.error(
    at(['agents', 'list', index, 'agentDir']),
    'DUPLICATE_AGENT_DIR',
    `the agents ${quote(other.id)} and ${quote(agent.id)} have one agentDir, ${agent.agentDir}: they would share credentials and sessions`,
    'give each its own',
  )
}

function checkWorkspace(agent: AgentConfig, index: number, context: CheckContext): void {
  const { config, input, report, at, canonicalPath } = context
  const own = canonicalPath(agent.workspace)
  const other = config.agents.list
    .slice(0, index)
    .find(({ id, workspace }) => id !== agent.id && canonicalPath(workspace) === own)
  if (other === undefined) return
  const isChosen = [other.id, agent.id].every((id) =>
    input.agents?.list?.some((written) => written.id === id && written.workspace !== undefined),
  )
  const who = `the agents ${quote(other.id)} and ${quote(agent.id)}`
  const place = at(['agents', 'list', index, 'workspace'])
  if (isChosen) {
    const message = `${who} share one workspace, ${agent.workspace}: each reads and changes the other's files`
    report.warning(place, 'SHARED_WORKSPACE', message, 'give each its own unless that is meant')
  } else {
    const message = `${who} would get one workspace, ${agent.workspace}, without either asking for it`
    report.error(place, 'SHARED_WORKSPACE', message, 'write "workspace" for both')
  }
}
