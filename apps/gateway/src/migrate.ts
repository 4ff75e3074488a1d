import { access } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  describeProblem,
  flavours,
  formatChange,
  formatDifference,
  formatProblem,
  type Problem,
  type Reading,
} from '@junctor/config'
import { migrateConfigFile, writeFileAtomically, type LoadOptions } from '@junctor/config/file'
import type { CliContext } from './context.ts'
import { CliError } from './errors.ts'
import { exitCodes } from './exit-codes.ts'

export interface ConfigFileOptions extends LoadOptions {
  readonly home: string
  /** Where a config of ours belongs. */
  readonly ownConfigPath: string
}

export interface MigrateOptions {
  readonly write?: boolean
  readonly json?: boolean
}

/**
 * Prints a config in our shape, and on standard error every spelling that was read as another and every setting that means
 * something else here. With `write` the text is put into force instead of printed; a file with errors is not.
 */
export async function migrate(
  context: CliContext,
  options: ConfigFileOptions,
  { write = false, json = false }: MigrateOptions,
): Promise<void> {
  const { configPath, ownConfigPath } = options
  const target = isForeignName(configPath) ? ownConfigPath : configPath
  const found = migrateConfigFile({ ...options, target }).catch((cause: unknown) => {
    throw new CliError('NOT_FOUND', `The file ${configPath} cannot be read.`, { cause })
  })
  const { text, problems, reading, included } = await found
  const errors = problems.filter(isInTheWay)
  if (errors.length > 0) context.exitCode = exitCodes.failed
  const written = write && text !== undefined && errors.length === 0
  const backupPath = written ? await replace(text, target, configPath) : undefined
  const { flavour, changes, differences } = reading
  if (json) {
    const outcome = {
      path: configPath,
      flavour,
      changes,
      differences,
      problems,
      included,
      text: text ?? null,
    }
    const place = written ? { written: target, backupPath: backupPath ?? null } : {}
    return context.print(JSON.stringify({ ...outcome, ...place }, undefined, 2))
  }
  for (const problem of problems)
    context.error(problem.severity === 'error' ? describeProblem(problem) : formatProblem(problem))
  for (const line of linesOf(reading)) context.error(line)
  for (const file of included) context.error(`Included: ${file}, which is part of this one now.`)
  if (written) {
    context.print(`Wrote ${target}.`)
    if (backupPath !== undefined) context.print(`  kept  ${backupPath}`)
  } else if (write) context.error(`Nothing was written: ${configPath} has errors.`)
  else if (text !== undefined) context.write(text)
}

/** Whether a config cannot be put into force; its secrets need not be there yet. */
export function isInTheWay({ severity, code }: Problem): boolean {
  return severity === 'error' && code !== 'MISSING_SECRET'
}

function linesOf({ flavour, changes, differences }: Reading): readonly string[] {
  const { title } = flavours[flavour]
  return [
    ...(changes.length === 0 ? [] : ['Read as:']),
    ...changes.map((change) => `  ${formatChange(change)}`),
    ...(differences.length === 0 ? [] : [`Otherwise than in ${title}:`]),
    ...differences.map((difference) => `  ${formatDifference(difference)}`),
  ]
}

/** A file of another system stays what it is: that system may go on reading it. */
function isForeignName(path: string): boolean {
  return Object.entries(flavours).some(
    ([name, { configPath }]) => name !== 'junctor' && configPath?.endsWith(`/${basename(path)}`),
  )
}

async function replace(text: string, target: string, from: string): Promise<string | undefined> {
  if (target !== from && (await access(target).then(...exists)))
    throw new CliError(
      'CONFIG_INVALID',
      `${target} is there already and was not replaced. Move it away, or copy ${from} to a place of your own and migrate that.`,
    )
  const { backupPath } = await writeFileAtomically(target, text)
  return backupPath
}

const exists = [() => true, () => false] as const
