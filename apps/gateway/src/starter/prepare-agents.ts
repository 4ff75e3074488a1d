import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '@junctor/config'
import { workspaceFiles } from './workspace-files.ts'

type AgentConfig = Config['agents']['list'][number]

/** Makes an agent's directories. A workspace that does not exist yet gets starter files; an existing one is left alone. */
export async function prepareAgent(agent: AgentConfig): Promise<void> {
  await mkdir(agent.agentDir, { recursive: true, mode: 0o700 })
  const created = await mkdir(agent.workspace, { recursive: true })
  if (created === undefined) return
  for (const [name, text] of Object.entries(workspaceFiles(agent)))
    await writeFile(join(agent.workspace, name), text, { flag: 'wx' })
}

export async function prepareAgents(config: Config): Promise<void> {
  await Promise.all(config.agents.list.map(prepareAgent))
}
