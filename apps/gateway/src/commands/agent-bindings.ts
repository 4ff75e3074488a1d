import { bindAgent, unbindAgent, type NewBinding } from '@junctor/config'
import type { Command } from 'commander'
import { outcomeLines, outcomeOf } from '../agents/add-agent.ts'
import { bindingText, parseBinding } from '../agents/binding-text.ts'
import { editConfig } from '../agents/edit-config.ts'
import {
  bindRuntimeAgent,
  parseDuration,
  unbindRuntimeAgent,
  type RuntimeOptions,
} from '../agents/runtime-agents.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'

interface BindOptions {
  readonly bind: readonly string[]
  readonly all?: boolean
  readonly runtime?: boolean
  readonly ttl?: string
  readonly owner?: string
  readonly json?: boolean
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]
const bindFlag = '--bind <channel[:account[:kind:id]]>'

export function addAgentBindingCommands(agents: Command, context: CliContext): void {
  agents
    .command('bind')
    .description('let messages go to an agent; exits with 1 when another agent has them')
    .argument('<id>', 'an agent of the config')
    .option(bindFlag, 'of this channel, account or peer; repeatable', collect, [])
    .option('--runtime', 'in the running gateway, beside the config file')
    .option('--ttl <time>', 'with --runtime: gone after 90s, 30m, 2h or 7d')
    .option('--owner <name>', 'with --runtime: who wants it')
    .option('--non-interactive', 'asks nothing, as always')
    .option('--json', 'print JSON')
    .action(async (id: string, { bind, json = false, ...options }: BindOptions) => {
      const bindings = wantedFrom(bind).map(parseBinding)
      const runtime = runtimeFrom(options)
      const { written, ...outcome } =
        runtime === undefined
          ? await bindInFile(context, id, bindings)
          : { written: [], ...(await bindRuntimeAgent(context, id, bindings, runtime)) }
      if (outcome.conflicts.length > 0) context.exitCode = exitCodes.failed
      if (json) return context.print(JSON.stringify({ id, written, ...outcome }, undefined, 2))
      for (const line of outcomeLines(outcome)) context.print(line)
    })

  agents
    .command('unbind')
    .description('take bindings of an agent away; exits with 3 when one is not there')
    .argument('<id>', 'an agent of the config')
    .option(bindFlag, 'as `agents bind` takes it; repeatable', collect, [])
    .option('--all', 'every binding that leads to the agent')
    .option('--runtime', 'runtime bindings of the running gateway')
    .option('--non-interactive', 'asks nothing, as always')
    .option('--json', 'print JSON')
    .action(async (id: string, { bind, all = false, json = false, runtime }: BindOptions) => {
      const bindings = all ? ('all' as const) : wantedFrom(bind).map(parseBinding)
      const { written, removed, missing } =
        runtime === true
          ? { written: [], ...(await unbindRuntimeAgent(context, id, bindings)) }
          : await unbindInFile(context, id, bindings)
      if (missing.length > 0) context.exitCode = exitCodes.notFound
      if (json)
        return context.print(JSON.stringify({ id, written, removed, missing }, undefined, 2))
      for (const binding of removed) context.print(`  unbound    ${binding}`)
      for (const binding of missing) context.print(`  not bound  ${binding}`)
    })
}

async function bindInFile(context: CliContext, id: string, bindings: readonly NewBinding[]) {
  const { written, ...bound } = await editConfig(context, (source) =>
    bindAgent(source, id, bindings),
  )
  return { written, ...outcomeOf(bound) }
}

async function unbindInFile(
  context: CliContext,
  id: string,
  bindings: readonly NewBinding[] | 'all',
) {
  const edited = await editConfig(context, (source) => unbindAgent(source, id, bindings))
  const { written, removed, missing } = edited
  return { written, removed: removed.map(bindingText), missing: missing.map(bindingText) }
}

/** Undefined for the config file. Throws `USAGE` for what only runtime bindings have. */
export function runtimeFrom({
  runtime = false,
  ttl,
  owner,
}: Pick<BindOptions, 'runtime' | 'ttl' | 'owner'>): RuntimeOptions | undefined {
  if (runtime)
    return {
      ...(owner === undefined ? {} : { owner }),
      ...(ttl === undefined ? {} : { ttlMs: parseDuration(ttl) }),
    }
  if (ttl === undefined && owner === undefined) return undefined
  throw new CliError('USAGE', '--ttl and --owner go with --runtime.')
}

function wantedFrom(bind: readonly string[]): readonly string[] {
  if (bind.length > 0) return bind
  throw new CliError('USAGE', 'Say what with --bind, as in --bind telegram:support.')
}
