import {
  flavours,
  formatProblem,
  type ConfigSource,
  type Edited,
  type Problem,
} from '@junctor/config'
import { configPaths, editConfigFile, type EditedConfigFile } from '@junctor/config/file'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'

/** Edits the config of this installation. Throws `CONFIG_INVALID`, or `NOT_FOUND` for an agent that it has not. */
export async function editConfig<Result extends object>(
  context: CliContext,
  edit: (source: ConfigSource) => Edited<Result>,
): Promise<Extract<EditedConfigFile<Result>, { readonly ok: true }>> {
  const { env, home, command } = context
  const { flavour = 'junctor', ...paths } = configPaths(context)
  if (flavour !== 'junctor')
    throw new CliError(
      'CONFIG_INVALID',
      `${paths.configPath} is ${flavours[flavour].title}'s file and is never written. \`${command} config migrate --write\` makes one of ours of it.`,
    )
  const edited = await editConfigFile({ ...paths, env, home }, edit)
  if (edited.ok) return edited
  throw refused(paths.configPath, edited.problems)
}

function refused(path: string, problems: readonly Problem[]): CliError {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const lines = errors.map(formatProblem)
  const isUnknown = errors.some(
    ({ code, path: place }) => code === 'UNKNOWN_AGENT' && place === 'agents',
  )
  const code = isUnknown ? 'NOT_FOUND' : 'CONFIG_INVALID'
  return new CliError(code, [`${path} was not changed:`, ...lines].join('\n'))
}
