import type { BindingConfig, Config } from '@junctor/config'
import type { Command } from 'commander'
import { addAgent, outcomeLines, type AddedAgent, type NewAgent } from '../agents/add-agent.ts'
import { parseBinding } from '../agents/binding-text.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'
import { table } from '../table.ts'
import { addPauseCommands } from './pause.ts'
import { addAgentBindingCommands } from './agent-bindings.ts'
import { addAgentIdentityCommand } from './agent-identity.ts'

interface AddOptions {
  readonly workspace?: string
  readonly model?: string
  readonly agentDir?: string
  readonly name?: string
  readonly bind: readonly string[]
  readonly nonInteractive?: boolean
  readonly json?: boolean
}

export function addAgentsCommands(program: Command, context: CliContext): void {
  const agents = program
    .command('agents')
    .description('list, add, bind, describe and delete agents')
  addPauseCommands(agents, context)

  agents
    .command('list', { isDefault: true })
    .description('every agent of the config')
    .option('--bindings', 'with the bindings that lead to it')
    .option('--json', 'print JSON')
    .action(async ({ bindings = false, json = false }: { bindings?: boolean; json?: boolean }) => {
      const { config } = await loadConfig(context)
      const listed = config.agents.list.map((agent) => describeAgent(agent, config, bindings))
      if (json) return context.print(JSON.stringify(listed, undefined, 2))
      for (const line of agentLines(listed)) context.print(line)
    })

  agents
    .command('add')
    .description(
      'add an agent to the config: workspace with starter files, agent directory, bindings',
    )
    .argument('[id]', 'letters, digits, "-" and "_", up to 64')
    .option('--name <name>', 'what people call it')
    .option('--workspace <dir>', 'its files (default <state>/workspace-<id>)')
    .option('--model <id>', 'provider/model (default: as the config says)')
    .option('--agent-dir <dir>', 'its settings (default <state>/agents/<id>/agent)')
    .option(
      '--bind <channel[:account[:kind:id]]>',
      'messages of this channel, account or peer go to it; repeatable',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option('--non-interactive', 'ask nothing; --workspace and the id must be given')
    .option('--json', 'print JSON; asks nothing')
    .action(async (id: string | undefined, options: AddOptions) => {
      const asks = options.nonInteractive !== true && options.json !== true && context.isTerminal
      const given = fromOptions(id, options)
      const wanted = asks ? await askFor(given) : complete(given)
      if (wanted === undefined) return context.print('Nothing was changed.')
      const added = await addAgent(context, wanted)
      if (options.json === true) context.print(JSON.stringify(added, undefined, 2))
      else for (const line of addedLines(added)) context.print(line)
    })

  addAgentBindingCommands(agents, context)
  addAgentIdentityCommand(agents, context)
}

/** The wizard's own code is loaded when there is somebody to ask. */
async function askFor(given: Partial<NewAgent>): Promise<NewAgent | undefined> {
  const { askForAgent } = await import('../agents/ask-for-agent.ts')
  return askForAgent(given)
}

function fromOptions(id: string | undefined, options: AddOptions): Partial<NewAgent> {
  const { name, workspace, model, agentDir, bind } = options
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(model === undefined ? {} : { model }),
    ...(agentDir === undefined ? {} : { agentDir }),
    ...(bind.length === 0 ? {} : { bindings: bind.map(parseBinding) }),
  }
}

function complete({ id, bindings = [], ...rest }: Partial<NewAgent>): NewAgent {
  if (id !== undefined) return { id, bindings, ...rest }
  throw new CliError('USAGE', 'Name the new agent: `junctor agents add <id>`.')
}

interface ListedAgent {
  readonly id: string
  readonly name: string
  readonly default: boolean
  readonly model: string
  readonly workspace: string
  readonly agentDir: string
  readonly bindings?: readonly BindingConfig[]
}

function describeAgent(
  agent: Config['agents']['list'][number],
  { bindings }: Config,
  withBindings: boolean,
): ListedAgent {
  const { id, name, default: isDefault, model, workspace, agentDir } = agent
  const own = bindings.filter(({ agentId }) => agentId === id)
  const listed = { id, name, default: isDefault, model, workspace, agentDir }
  return withBindings ? { ...listed, bindings: own } : listed
}

function agentLines(agents: readonly ListedAgent[]): readonly string[] {
  const lines = table(
    agents.map(({ id, name, default: isDefault, model, workspace }) => [
      `${id}${isDefault ? ' (default)' : ''}`,
      name,
      model,
      workspace,
    ]),
  )
  return lines.flatMap((line, index) => {
    const bindings = agents[index]?.bindings ?? []
    return [
      line,
      ...bindings.map(
        ({ match, comment }) =>
          `  ${matchText(match)}${comment === undefined ? '' : `  — ${comment}`}`,
      ),
    ]
  })
}

function matchText({
  channel,
  accountId = '*',
  peer,
  guildId,
  teamId,
  roles = [],
}: BindingConfig['match']): string {
  return [
    `${channel}:${accountId}`,
    ...(peer === undefined ? [] : [`${peer.kind} ${peer.id}`]),
    ...(guildId === undefined ? [] : [`guild ${guildId}`]),
    ...(teamId === undefined ? [] : [`team ${teamId}`]),
    ...(roles.length === 0 ? [] : [`roles ${roles.join(', ')}`]),
  ].join('  ')
}

function addedLines({
  id,
  workspace,
  agentDir,
  configPath,
  bindings,
}: AddedAgent): readonly string[] {
  return [
    `Added agent ${id} to ${configPath}.`,
    `  workspace  ${workspace}`,
    `  agentDir   ${agentDir}`,
    ...outcomeLines(bindings),
  ]
}
