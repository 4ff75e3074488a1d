import { bindAgent, unbindAgent } from '@junctor/config'
import type { Command } from 'commander'
import { outcomeLines, outcomeOf } from '../agents/add-agent.ts'
import { bindingText, parseBinding } from '../agents/binding-text.ts'
import { editConfig } from '../agents/edit-config.ts'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'

interface BindOptions {
  readonly bind: readonly string[]
  readonly all?: boolean
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
    .option('--non-interactive', 'asks nothing, as always')
    .option('--json', 'print JSON')
    .action(async (id: string, { bind, json = false }: BindOptions) => {
      const bindings = wantedFrom(bind).map(parseBinding)
      const { written, ...bound } = await editConfig(context, (source) =>
        bindAgent(source, id, bindings),
      )
      const outcome = outcomeOf(bound)
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
    .option('--non-interactive', 'asks nothing, as always')
    .option('--json', 'print JSON')
    .action(async (id: string, { bind, all = false, json = false }: BindOptions) => {
      const bindings = all ? ('all' as const) : wantedFrom(bind).map(parseBinding)
      const edited = await editConfig(context, (source) => unbindAgent(source, id, bindings))
      const removed = edited.removed.map(bindingText)
      const missing = edited.missing.map(bindingText)
      if (missing.length > 0) context.exitCode = exitCodes.notFound
      if (json) {
        const { written } = edited
        return context.print(JSON.stringify({ id, written, removed, missing }, undefined, 2))
      }
      for (const binding of removed) context.print(`  unbound    ${binding}`)
      for (const binding of missing) context.print(`  not bound  ${binding}`)
    })
}

function wantedFrom(bind: readonly string[]): readonly string[] {
  if (bind.length > 0) return bind
  throw new CliError('USAGE', 'Say what with --bind, as in --bind telegram:support.')
}
