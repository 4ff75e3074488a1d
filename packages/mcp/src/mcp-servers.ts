import type { Agent } from '@junctor/agent'
import { createServer, type Offer, type Server } from './server.ts'
import type { McpServerSettings } from './settings.ts'

export interface McpServersOptions {
  /** How long a turn waits for servers that start, in milliseconds. Default: 10,000. */
  readonly patienceMs?: number
  /** Milliseconds. Default: `performance.now`. */
  readonly now?: () => number
}

export interface McpRequest {
  readonly agent: Pick<Agent, 'id' | 'workspace'>
  /** The agent's servers as they are to be now; those that were started with other settings are ended. */
  readonly servers: Readonly<Record<string, McpServerSettings>>
  /** Nothing may be started on the host, unless the settings of a server allow it. */
  readonly isSandboxed: boolean
}

export interface McpServers {
  /** The tools of an agent's servers, named `<server>__<tool>`, and notes about what cannot be had. Answers soon, never rejects. */
  toolsFor(request: McpRequest): Promise<Offer>
  /** Ends the servers of agents that are not among these. */
  keepOnly(agentIds: ReadonlySet<string>): void
  close(): Promise<void>
}

/** Servers belong to one agent each: no two agents share a process or a session. */
export function createMcpServers(options: McpServersOptions = {}): McpServers {
  const { patienceMs = 10_000, now = () => performance.now() } = options
  const running = new Map<string, Map<string, Server>>()
  const ending = new Set<Promise<void>>()
  let isClosed = false

  const end = (server: Server): void => {
    const ended = server.close().finally(() => ending.delete(ended))
    ending.add(ended)
  }
  const endAll = (agentId: string): void => {
    for (const server of running.get(agentId)?.values() ?? []) end(server)
    running.delete(agentId)
  }

  const serverOf = (
    { id, workspace }: McpRequest['agent'],
    name: string,
    settings: McpServerSettings,
  ): Server => {
    const own = running.get(id) ?? new Map<string, Server>()
    running.set(id, own)
    const known = own.get(name)
    if (known !== undefined && JSON.stringify(known.settings) === JSON.stringify(settings))
      return known
    if (known !== undefined) end(known)
    const server = createServer({ name, settings, folder: workspace, patienceMs, now })
    own.set(name, server)
    return server
  }

  return {
    async toolsFor({ agent, servers, isSandboxed }) {
      for (const [name, server] of running.get(agent.id) ?? [])
        if (!Object.hasOwn(servers, name)) {
          end(server)
          running.get(agent.id)?.delete(name)
        }
      const offers = await Promise.all(
        Object.entries(servers).map(async ([name, settings]): Promise<Offer> => {
          if (isClosed) return { tools: [], notes: [] }
          if (!isSandboxed || 'url' in settings || settings.onHost === true)
            return serverOf(agent, name, settings).offer()
          const note = `MCP server "${name}" is not used in a sandbox, since it runs on the host; tools.mcp.${name}.onHost allows it`
          return { tools: [], notes: [note] }
        }),
      )
      return {
        tools: offers.flatMap(({ tools }) => tools),
        notes: offers.flatMap(({ notes }) => notes),
      }
    },
    keepOnly(agentIds) {
      for (const agentId of running.keys()) if (!agentIds.has(agentId)) endAll(agentId)
    },
    async close() {
      isClosed = true
      for (const agentId of running.keys()) endAll(agentId)
      await Promise.all(ending)
    },
  }
}
