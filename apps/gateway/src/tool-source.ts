import type { Config } from '@junctor/config'
import type { ToolSource } from '@junctor/gateway'
import type { McpServers } from '@junctor/mcp'
import { createBrowsers, webFetchTool } from '@junctor/tools'

export interface ConfiguredTools extends ToolSource {
  /** Ends what the tools started. */
  close(): Promise<void>
}

/** The tools whose settings stand in the config. Chromium starts when it is first used; MCP is loaded when the config first names a server. */
export function createToolSource(): ConfiguredTools {
  const browsers = createBrowsers()
  let mcp: Promise<McpServers> | undefined
  const load = async (): Promise<McpServers> => (await import('@junctor/mcp')).createMcpServers()

  return {
    async toolsFor({ agent, config, isSandboxed }) {
      const own = toolsOf(config, agent.id)
      const web = { ...config.tools.web?.fetch, ...own?.web?.fetch }
      const { privateHosts = [] } = web
      const ours = [webFetchTool(web), browsers.tool({ ...config.browser, privateHosts })]
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

function toolsOf(
  { agents }: Config,
  agentId: string,
): Config['agents']['list'][number]['tools'] | undefined {
  return agents.list.find(({ id }) => id === agentId)?.tools
}
