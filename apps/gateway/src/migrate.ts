import { access } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
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
  /** Make one file of it and of all that it includes. */
  readonly inline?: boolean
}

/**
 * Prints a config in our shape as one text, and on standard error every spelling that was read as another and every setting that
 * means something else here. With `write` it is put into force instead of printed, and what it includes stays in files of its
 * own as far as that goes; a file with errors is not.
 */
export async function migrate(
  context: CliContext,
  options: ConfigFileOptions,
  { write = false, json = false, inline = false }: MigrateOptions,
): Promise<void> {
  const { configPath, ownConfigPath } = options
  const target = isForeignName(configPath) ? ownConfigPath : configPath
  const includes = write && !inline ? 'keep' : 'inline'
  const found = migrateConfigFile({ ...options, target, includes }).catch((cause: unknown) => {
    throw new CliError('NOT_FOUND', `The file ${configPath} cannot be read.`, { cause })
  })
  const { text, problems, reading, included } = await found
  const errors = problems.filter(isInTheWay)
  if (errors.length > 0) context.exitCode = exitCodes.failed
  const written =
    write && text !== undefined && errors.length === 0
      ? await replace([{ file: configPath, text }, ...included.filter(hasText)], target, configPath)
      : []
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
    const [main] = written
    const place =
      main === undefined
        ? {}
        : { written: main.path, backupPath: main.backupPath ?? null, files: written }
    return context.print(JSON.stringify({ ...outcome, ...place }, undefined, 2))
  }
  for (const problem of problems)
    context.error(problem.severity === 'error' ? describeProblem(problem) : formatProblem(problem))
  for (const line of linesOf(reading)) context.error(line)
  for (const each of included)
    if (!hasText(each)) context.error(`Included: ${each.file}, whose content is in this file now.`)
  for (const { path, backupPath } of written) {
    context.print(`Wrote ${path}.`)
    if (backupPath !== undefined) context.print(`  kept  ${backupPath}`)
  }
  if (written.length > 0) return
  if (write) context.error(`Nothing was written: ${configPath} has errors.`)
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

interface NewText {
  readonly file: string
  readonly text: string
}

function hasText(file: {
  readonly file: string
  readonly text: string | undefined
}): file is NewText {
  return file.text !== undefined
}

/** Writes the config, which comes first, and what it includes: where they are, or in the same places beside `target`. */
async function replace(
  texts: readonly NewText[],
  target: string,
  from: string,
): Promise<readonly { readonly path: string; readonly backupPath?: string | undefined }[]> {
  const places = texts.map(({ file, text }) => ({
    path: file === from ? target : join(dirname(target), relative(dirname(from), file)),
    text,
  }))
  for (const { path } of places)
    if (target !== from && (await access(path).then(...exists)))
      throw new CliError(
        'CONFIG_INVALID',
        `${path} is there already and was not replaced. Move it away, or copy ${from} to a place of your own and migrate that.`,
      )
  const written = []
  // The config is put into force when all that it includes is there.
  for (const { path, text } of places.toReversed())
    written.unshift({ path, ...(await writeFileAtomically(path, text)) })
  return written
}

const exists = [() => true, () => false] as const
