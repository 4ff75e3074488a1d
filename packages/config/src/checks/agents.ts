import type { AgentConfig } from '../config.ts'
import { joinPath } from '../paths.ts'
import { quote } from '../schema/reader.ts'
import { join, type CheckContext } from './check.ts'

export function checkAgents(context: CheckContext): void {
  const { config, canonicalPath } = context
  checkDefaults(context)
  const ids = new Map<string, number>()
  const agentDirs = new Map<string, AgentConfig>()
  const workspaces = new Map<string, AgentConfig>()
  const stores = new Map<string, AgentConfig>()
  for (const [index, agent] of config.agents.list.entries()) {
    const first = ids.get(agent.id)
    if (first !== undefined) {
      reportSameId(agent, index, first, context)
      continue
    }
    ids.set(agent.id, index)
    const agentDir = canonicalPath(agent.agentDir)
    const other = agentDirs.get(agentDir)
    if (other === undefined) agentDirs.set(agentDir, agent)
    else reportSameAgentDir(agent, index, other, context)
    const store = canonicalPath(joinPath(config.stateDir, 'agents', agent.id, 'sessions'))
    const twin = stores.get(store)
    if (twin === undefined) stores.set(store, agent)
    else reportSameStore(agent, index, twin, context)
    const workspace = canonicalPath(agent.workspace)
    const neighbour = workspaces.get(workspace)
    if (neighbour === undefined) workspaces.set(workspace, agent)
    else reportSameWorkspace(agent, index, neighbour, context)
  }
}

function checkDefaults({ input, report, at }: CheckContext): void {
  const list = input.agents?.list ?? []
  const marked = list.filter((agent) => agent.default === true)
  if (marked.length < 2) return
  const index = list.findLastIndex((agent) => agent.default === true)
  report.error(
    at(['agents', 'list', index, 'default']),
    'DUPLICATE_DEFAULT',
    `the agents ${join(marked.map(({ id }) => quote(id)))} are all marked default: true`,
    'keep one: it answers what no binding catches',
  )
}

function reportSameId(
  { id }: AgentConfig,
  index: number,
  first: number,
  { report, at }: CheckContext,
): void {
  const message = `${report.nameOf(['agents', 'list', first])} already has the id ${quote(id)}`
  report.error(at(['agents', 'list', index, 'id']), 'DUPLICATE_ID', message, 'rename one')
}

function reportSameAgentDir(
  agent: AgentConfig,
  index: number,
  other: AgentConfig,
  { report, at }: CheckContext,
): void {
  report.error(
    at(['agents', 'list', index, 'agentDir']),
    'DUPLICATE_AGENT_DIR',
    `the agents ${quote(other.id)} and ${quote(agent.id)} have one agentDir, ${agent.agentDir}: they would share credentials and sessions`,
    'give each its own',
  )
}

/** Their folders have two names and are one: a link leads from one to the other. */
function reportSameStore(
  { id }: AgentConfig,
  index: number,
  other: AgentConfig,
  { config, report, at }: CheckContext,
): void {
  report.error(
    at(['agents', 'list', index, 'id']),
    'SHARED_STORE',
    `the agents ${quote(other.id)} and ${quote(id)} would keep their sessions in one place: ${joinPath(config.stateDir, 'agents', id)} leads to the folder of ${quote(other.id)}`,
    'remove that link',
  )
}

function reportSameWorkspace(
  agent: AgentConfig,
  index: number,
  other: AgentConfig,
  { config, isWritten, report, at }: CheckContext,
): void {
  const indexes = [config.agents.list.indexOf(other), index]
  const isChosen = indexes.every((each) => isWritten(['agents', 'list', each, 'workspace']))
  const who = `the agents ${quote(other.id)} and ${quote(agent.id)}`
  const place = at(['agents', 'list', index, 'workspace'])
  const writer = [other, agent].find(
    ({ sandbox }) => sandbox.mode !== 'off' && sandbox.workspaceAccess === 'rw',
  )
  if (writer !== undefined) {
    const message = `${who} share one workspace, ${agent.workspace}, and ${quote(writer.id)} may write to it from its sandbox: it would reach into what the other trusts`
    report.error(place, 'SHARED_WORKSPACE', message, 'give each its own')
  } else if (isChosen) {
    const message = `${who} share one workspace, ${agent.workspace}: each reads and changes the other's files`
    report.warning(place, 'SHARED_WORKSPACE', message, 'give each its own unless that is meant')
  } else {
    const message = `${who} would get one workspace, ${agent.workspace}, without either asking for it`
    report.error(place, 'SHARED_WORKSPACE', message, 'write "workspace" for both')
  }
}
