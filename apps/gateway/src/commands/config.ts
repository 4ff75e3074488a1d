import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { configJsonSchema, describeProblem, flavours, formatDifference } from '@junctor/config'
import { configPaths, loadConfigFile } from '@junctor/config/file'
import { configProblems } from '@junctor/gateway'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'
import { whoseFile } from '../load-config.ts'
import { migrate, type ConfigFileOptions, type MigrateOptions } from '../migrate.ts'

export function addConfigCommands(program: Command, context: CliContext): void {
  const config = program.command('config').description('find and check the config file')

  config
    .command('path')
    .description('print where the config file is')
    .action(() => context.print(configPaths(context).configPath))

  config
    .command('schema')
    .description('print the JSON Schema of the config file, for editors')
    .action(() => context.print(JSON.stringify(configJsonSchema(), undefined, 2)))

  config
    .command('validate')
    .description('check the config file; exits with 1 when it has errors')
    .argument('[file]', 'another file than the one in force')
    .option('--json', 'print JSON')
    .action(async (file: string | undefined, { json = false }: { json?: boolean }) => {
      // Without the file in force the defaults apply; a file that was named must exist.
      if (file !== undefined)
        await access(file).catch((cause: unknown) => {
          throw new CliError('NOT_FOUND', `The file ${file} cannot be read.`, { cause })
        })
      const options = fileOptions(context, file)
      const result = await loadConfigFile({ ...options, check: configProblems })
      const { ok, problems, reading } = result
      const { flavour, changes, differences } = reading
      const path = options.configPath
      if (!ok) context.exitCode = exitCodes.failed
      if (json)
        return context.print(
          JSON.stringify({ ok, path, problems, flavour, changes, differences }, undefined, 2),
        )
      for (const problem of problems) context.print(describeProblem(problem))
      for (const line of [...differences.map(formatDifference), ...whoseFile(result)])
        context.print(line)
      const errors = problems.filter(({ severity }) => severity === 'error').length
      const warnings = problems.length - errors
      const origin = flavour === 'junctor' ? '' : ` (a file of ${flavours[flavour].title})`
      context.print(`${path}${origin}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`)
    })

  config
    .command('migrate')
    .description("print the config in Junctor's shape, and on standard error what was read as what")
    .argument('[file]', 'another file than the one in force')
    .option(
      '--write',
      'put it into force: in the place of the file, or beside that of another system',
    )
    .option('--inline', 'with --write: make one file of it and of all that it includes')
    .option('--json', 'print JSON')
    .action((file: string | undefined, options: MigrateOptions) =>
      migrate(context, fileOptions(context, file), options),
    )
}

/** The file that a command is about: the one that is named, else the one in force. */
function fileOptions(context: CliContext, file: string | undefined): ConfigFileOptions {
  const { env, home } = context
  const { configPath, stateDir, ownConfigPath, flavour } = configPaths(context)
  const whose = file === undefined ? flavour : context.flavour
  return {
    configPath: file === undefined ? configPath : resolve(file),
    stateDir,
    ownConfigPath,
    env,
    home,
    ...(whose && { flavour: whose }),
  }
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
