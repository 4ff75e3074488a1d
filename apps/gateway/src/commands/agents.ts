import type { BindingConfig, Config, Origin } from '@junctor/config'
import type { RegistrationStatus } from '@junctor/gateway'
import type { Command } from 'commander'
import { addAgent, outcomeLines, type AddedAgent, type NewAgent } from '../agents/add-agent.ts'
import { parseBinding, placeText } from '../agents/binding-text.ts'
import { addRuntimeAgent, type AddedRuntimeAgent } from '../agents/runtime-agents.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { loadEffectiveConfig, type EffectiveConfig } from '../load-config.ts'
import { table } from '../table.ts'
import { addPauseCommands } from './pause.ts'
import { addAgentBindingCommands, runtimeFrom } from './agent-bindings.ts'
import { addAgentDeleteCommand } from './agent-delete.ts'
import { addAgentIdentityCommand } from './agent-identity.ts'

interface AddOptions {
  readonly workspace?: string
  readonly model?: string
  readonly agentDir?: string
  readonly name?: string
  readonly runtime?: boolean
  readonly ttl?: string
  readonly owner?: string
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
    .description('every agent of the config, and those made at runtime')
    .option('--bindings', 'with the bindings that lead to it')
    .option('--json', 'print JSON')
    .action(async ({ bindings = false, json = false }: { bindings?: boolean; json?: boolean }) => {
      const effective = await loadEffectiveConfig(context)
      const listed = effective.config.agents.list.map((agent) =>
        describeAgent(agent, effective, bindings),
      )
      if (json) return context.print(JSON.stringify(listed, undefined, 2))
      for (const line of agentLines(listed)) context.print(line)
      for (const each of effective.registrations)
        if (each.state === 'set-aside')
          context.print(`set aside: runtime ${each.kind} "${each.id}": ${each.reason}`)
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
    .option('--runtime', 'in the running gateway, beside the config file')
    .option('--ttl <time>', 'with --runtime: its bindings are gone after 90s, 30m, 2h or 7d')
    .option('--owner <name>', 'with --runtime: who wants it')
    .option('--non-interactive', 'ask nothing; the id must be given')
    .option('--json', 'print JSON; asks nothing')
    .action(async (id: string | undefined, options: AddOptions) => {
      const asks = options.nonInteractive !== true && options.json !== true && context.isTerminal
      const given = fromOptions(id, options)
      const wanted = asks ? await askFor(given) : complete(given)
      if (wanted === undefined) return context.print('Nothing was changed.')
      const runtime = runtimeFrom(options)
      const added =
        runtime === undefined
          ? await addAgent(context, wanted)
          : await addRuntimeAgent(context, wanted, runtime)
      if (options.json === true) context.print(JSON.stringify(added, undefined, 2))
      else for (const line of addedLines(added)) context.print(line)
    })

  addAgentBindingCommands(agents, context)
  addAgentIdentityCommand(agents, context)
  addAgentDeleteCommand(agents, context)
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

interface ListedBinding extends BindingConfig {
  /** Where the config has it. */
  readonly place?: Origin
  /** Present for one that was made at runtime. */
  readonly runtime?: RuntimeFacts
}

interface RuntimeFacts {
  readonly owner?: string
  readonly expiresAt?: number
}

interface ListedAgent {
  readonly id: string
  readonly name: string
  readonly default: boolean
  readonly model: string
  readonly workspace: string
  readonly agentDir: string
  /** Present for one that was made at runtime. */
  readonly runtime?: RuntimeFacts
  readonly bindings?: readonly ListedBinding[]
}

function describeAgent(
  agent: Config['agents']['list'][number],
  { config, registrations, reading }: EffectiveConfig,
  withBindings: boolean,
): ListedAgent {
  const runtimeOf = (kind: 'agent' | 'binding', id: string | undefined) => {
    const found = registrations.find((each) => each.kind === kind && each.id === id)
    return found === undefined ? {} : { runtime: runtimeFacts(found) }
  }
  const { id, name, default: isDefault, model, workspace, agentDir } = agent
  const listed = {
    id,
    name,
    default: isDefault,
    model,
    workspace,
    agentDir,
    ...runtimeOf('agent', id),
  }
  if (!withBindings) return listed
  const bindings = config.bindings.flatMap((binding, index) => {
    if (binding.agentId !== id) return []
    const place = reading.originOf(['bindings', index])
    return { ...binding, ...runtimeOf('binding', binding.id), ...(place && { place }) }
  })
  return { ...listed, bindings }
}

function runtimeFacts(registration: RegistrationStatus): RuntimeFacts {
  const { owner } = registration
  const expiresAt = registration.kind === 'binding' ? registration.expiresAt : undefined
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

/** `runtime (ops, until 2026-01-01T00:00:00.000Z)` */
function runtimeText(runtime: RuntimeFacts | undefined): string {
  if (runtime === undefined) return ''
  const { owner, expiresAt } = runtime
  const facts = [
    ...(owner === undefined ? [] : [owner]),
    ...(expiresAt === undefined ? [] : [`until ${new Date(expiresAt).toISOString()}`]),
  ]
  return facts.length === 0 ? 'runtime' : `runtime (${facts.join(', ')})`
}

/** `agents.list[1].routes[0] (junctor.json:12)` */
function fileText(place: Origin | undefined): string {
  return place === undefined ? '' : `${place.spelling}${placeText(place)}`
}

function agentLines(agents: readonly ListedAgent[]): readonly string[] {
  const lines = table(
    agents.map(({ id, name, default: isDefault, model, workspace, runtime }) => [
      `${id}${isDefault ? ' (default)' : ''}`,
      name,
      model,
      workspace,
      runtimeText(runtime),
    ]),
  )
  return lines.flatMap((line, index) => {
    const bindings = agents[index]?.bindings ?? []
    return [
      line,
      ...bindings.map(
        ({ match, comment, runtime, place }) =>
          `  ${[matchText(match), runtimeText(runtime) || fileText(place)].filter(Boolean).join('  ')}${comment === undefined ? '' : `  — ${comment}`}`,
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

function addedLines(added: AddedAgent | AddedRuntimeAgent): readonly string[] {
  const { id, workspace = '', agentDir = '', bindings } = added
  const place = 'configPath' in added ? added.configPath : 'the running gateway'
  return [
    `Added agent ${id} to ${place}.`,
    `  workspace  ${workspace}`,
    `  agentDir   ${agentDir}`,
    ...outcomeLines(bindings),
  ]
}
