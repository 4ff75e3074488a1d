import type { ToolSource } from '@junctor/gateway'
import { webFetchTool } from '@junctor/tools'

/** The tools whose settings stand in the config. */
export function createToolSource(): ToolSource {
  return {
    toolsFor({ agent, config }) {
      const own = config.agents.list.find(({ id }) => id === agent.id)
      return {
        tools: [webFetchTool({ ...config.tools.web?.fetch, ...own?.tools.web?.fetch })],
      }
    },
  }
}
