import { access } from 'node:fs/promises'
import { configJsonSchema, describeProblem } from '@junctor/config'
import { configPaths, loadConfigFile } from '@junctor/config/file'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { exitCodes } from '../exit-codes.ts'

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
      const { env, home } = context
      const { configPath, stateDir } = configPaths(context)
      const path = file ?? configPath
      // Without the file in force the defaults apply; a file that was named must exist.
      if (file !== undefined)
        await access(file).catch((cause: unknown) => {
          throw new CliError('NOT_FOUND', `The file ${file} cannot be read.`, { cause })
        })
      const { ok, problems } = await loadConfigFile({ configPath: path, stateDir, env, home })
      if (!ok) context.exitCode = exitCodes.failed
      if (json) return context.print(JSON.stringify({ ok, path, problems }, undefined, 2))
      for (const problem of problems) context.print(describeProblem(problem))
      const errors = problems.filter(({ severity }) => severity === 'error').length
      const warnings = problems.length - errors
      context.print(`${path}: ${count(errors, 'error')}, ${count(warnings, 'warning')}`)
    })
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}
