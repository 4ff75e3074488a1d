import type { Config } from '@junctor/config'
import { explainTools, isSandboxed, type ExplainedTool } from '@junctor/gateway'
import type { SandboxSettings } from '@junctor/sandbox'
import { knownTools } from '@junctor/tool-policy'
import type { Command } from 'commander'
import { findAgent } from '../agents/find-agent.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'
import { table } from '../table.ts'
import { createWorkbenches, toSettings } from '../workbenches.ts'

export function addSandboxCommands(program: Command, context: CliContext): void {
  const sandbox = program.command('sandbox').description('the containers in which agents work')

  sandbox
    .command('list', { isDefault: true })
    .description('the containers of this installation')
    .option('--json', 'print JSON')
    .action(async ({ json = false }: { json?: boolean }) => {
      const { stateDir } = await loadConfig(context)
      const found = await (await createWorkbenches(stateDir).sandboxes()).list()
      if (json) return context.print(JSON.stringify(found, undefined, 2))
      if (found.length === 0) return context.print('No sandbox has been made yet.')
      const rows = found.map(({ name, agentId, scope, image, isRunning, usedAt }) => [
        name,
        agentId === '' ? '(shared)' : agentId,
        scope,
        image,
        isRunning ? 'running' : 'stopped',
        `used ${new Date(usedAt).toISOString()}`,
      ])
      for (const line of table(rows)) context.print(line)
    })

  sandbox
    .command('explain')
    .description('where the tools of an agent run, and which it has there')
    .requiredOption('--agent <id>', 'the agent')
    .option('--session <key>', 'the session (default: its main one)')
    .option('--json', 'print JSON')
    .action(async ({ agent: id, session, json = false }: ExplainOptions) => {
      const { config } = await loadConfig(context)
      const explained = await explain(config, findAgent(config, id), session)
      if (json) return context.print(JSON.stringify(explained, undefined, 2))
      for (const line of explainedLines(explained)) context.print(line)
    })

  sandbox
    .command('recreate')
    .description('remove containers; the next use makes new ones')
    .option('--agent <id>', 'those of one agent')
    .option('--all', 'all of this installation')
    .option('--json', 'print JSON')
    .action(async ({ agent, all = false, json = false }: RecreateOptions) => {
      if ((agent === undefined) === !all)
        throw new CliError('USAGE', 'Say which: --agent <id>, or --all.')
      const { config, stateDir } = await loadConfig(context)
      if (agent !== undefined) findAgent(config, agent)
      const removed = await (await createWorkbenches(stateDir).sandboxes()).remove(agent)
      if (json) return context.print(JSON.stringify(removed, undefined, 2))
      context.print(removed.length === 0 ? 'There was none.' : `Removed ${removed.join(', ')}.`)
    })
}

interface ExplainOptions {
  readonly agent: string
  readonly session?: string
  readonly json?: boolean
}

interface RecreateOptions {
  readonly agent?: string
  readonly all?: boolean
  readonly json?: boolean
}

type AgentConfig = Config['agents']['list'][number]

interface Explained {
  readonly agentId: string
  readonly sessionKey: string
  readonly mode: AgentConfig['sandbox']['mode']
  readonly isSandboxed: boolean
  readonly workspace: string
  readonly settings?: SandboxSettings
  readonly tools: readonly ExplainedTool[]
}

async function explain(
  config: Config,
  agent: AgentConfig,
  sessionKey = `agent:${agent.id}:${config.session.mainKey}`,
): Promise<Explained> {
  const { tools } = explainTools(config, { agentId: agent.id, sessionKey }, knownTools)
  const isInside = isSandboxed(agent.sandbox, sessionKey)
  return {
    agentId: agent.id,
    sessionKey,
    mode: agent.sandbox.mode,
    isSandboxed: isInside,
    workspace: agent.workspace,
    ...(isInside ? { settings: await toSettings(agent.sandbox) } : {}),
    tools,
  }
}

function explainedLines(explained: Explained): readonly string[] {
  const { agentId, sessionKey, mode, settings, workspace, tools } = explained
  return [
    settings === undefined
      ? `The tools of ${agentId} run on this machine, in ${workspace} (sandbox.mode is "${mode}").`
      : `The tools of ${agentId} run in a container (sandbox.mode is "${mode}").`,
    `  session    ${sessionKey}`,
    ...(settings === undefined ? [] : settingLines(settings)),
    'Tools',
    ...table(
      tools.map(({ name, allowed, layer = '', rule = '' }) => [
        `  ${name}`,
        allowed ? 'allowed' : 'denied',
        [layer, rule].filter((part) => part !== '').join(': '),
      ]),
    ),
  ]
}

function settingLines(settings: SandboxSettings): readonly string[] {
  return Object.entries(settings).map(
    ([name, value]) =>
      `  ${name.padEnd(16)} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
}
