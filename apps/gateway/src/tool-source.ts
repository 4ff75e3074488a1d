import type { Config } from '@junctor/config'
import { matchesAgent, type ToolSource } from '@junctor/gateway'
import type { McpServers } from '@junctor/mcp'
import { nodesTool, type NodeHub } from '@junctor/node'
import { createBrowsers, webFetchTool } from '@junctor/tools'

export interface ConfiguredTools extends ToolSource {
  /** Ends what the tools started. */
  close(): Promise<void>
}

/** The tools whose settings stand in the config. Chromium starts when it is first used; MCP is loaded when the config first names a server. */
export function createToolSource(hub?: NodeHub): ConfiguredTools {
  const browsers = createBrowsers()
  let mcp: Promise<McpServers> | undefined
  const load = async (): Promise<McpServers> => (await import('@junctor/mcp')).createMcpServers()

  return {
    async toolsFor({ agent, config, isSandboxed }) {
      const own = toolsOf(config, agent.id)
      const web = { ...config.tools.web?.fetch, ...own?.web?.fetch }
      const { privateHosts = [] } = web
      const permits = permitsOf(config, agent.id)
      const ours = [
        webFetchTool(web),
        browsers.tool({ ...config.browser, privateHosts }),
        // Who may use no node is not told that there are any.
        ...(hub === undefined || permits.size === 0 ? [] : [nodesTool({ hub, permits })]),
      ]
      const servers = { ...config.tools.mcp, ...own?.mcp }
      if (mcp === undefined && Object.keys(servers).length === 0) return { tools: ours }
      const loaded = await (mcp ??= load())
      loaded.keepOnly(new Set(config.agents.list.map(({ id }) => id)))
      const { tools, notes } = await loaded.toolsFor({ agent, servers, isSandboxed })
      return { tools: [...ours, ...tools], notes }
    },
    async close() {
      await Promise.all([browsers.close(), (await mcp)?.close()])
    },
  }
}

/** Node → programs, of the nodes that an agent may use. */
function permitsOf({ nodes }: Config, agentId: string): ReadonlyMap<string, readonly string[]> {
  const own = Object.entries(nodes).filter(([, { agents }]) =>
    agents.some((glob) => matchesAgent(glob, agentId)),
  )
  return new Map(own.map(([name, { allow }]) => [name, allow]))
}

function toolsOf(
  { agents }: Config,
  agentId: string,
): Config['agents']['list'][number]['tools'] | undefined {
  return agents.list.find(({ id }) => id === agentId)?.tools
}
