import { flavourNames, flavours, type FlavourName } from '@junctor/config'
import { Argument, type Command } from 'commander'
import type { CliContext } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { importFrom } from '../import/import.ts'
import { lineOf, type Thing } from '../import/things.ts'
import type { Skipped } from '../import/transcript.ts'

interface ImportCommandOptions {
  readonly from?: string
  readonly dryRun?: boolean
  readonly agent?: string
  readonly json?: boolean
}

const systems = flavourNames.filter(
  (name) => name !== 'junctor' && flavours[name].stateDir !== undefined,
)

export function addImportCommand(program: Command, context: CliContext): void {
  program
    .command('import')
    .description(
      "take over another system's config, workspaces, credentials and conversations; theirs is only read, ours never replaced",
    )
    .addArgument(new Argument('<system>', 'whose').choices(systems))
    .option('--from <folder>', 'the folder of its state (default: where it keeps it)')
    .option('--dry-run', 'change nothing, and say what would be imported')
    .option('--agent <id>', 'what is of this agent alone')
    .option('--json', 'print JSON')
    .action(async (flavour: FlavourName, options: ImportCommandOptions) => {
      const { from, dryRun = false, agent, json = false } = options
      const things: Thing[] = []
      const skipped: Skipped[] = []
      await importFrom(
        context,
        { flavour, dryRun, ...(from && { from }), ...(agent && { agent: agent.toLowerCase() }) },
        {
          thing(thing) {
            things.push(thing)
            if (!json) context.print(lineOf(thing, dryRun))
          },
          skipped(line) {
            skipped.push(line)
            if (!json) context.error(`${line.file}:${line.line}  passed over: it ${line.reason}`)
          },
        },
      )
      const count = (outcome: Thing['outcome']): number =>
        things.filter((each) => each.outcome === outcome).length
      if (count('failed') > 0) context.exitCode = exitCodes.failed
      if (json)
        return context.print(
          JSON.stringify({ system: flavour, dryRun, things, skipped }, undefined, 2),
        )
      context.print(
        `${dryRun ? 'Would import' : 'Imported'} ${count('imported')} from ${flavours[flavour].title}; ${count('present')} there already, ${count('left')} left, ${count('failed')} failed.`,
      )
    })
}
