import { describeProblem, flavourNames, formatProblem, type Config } from '@junctor/config'
import { configProblems } from '@junctor/gateway'
import { configPaths, loadConfigFile, type LoadedConfigFile } from '@junctor/config/file'
import { composeConfig, createRegistrationBook, type RegistrationStatus } from '@junctor/gateway'
import type { CliContext } from './context.ts'
import { CliError } from './errors.ts'
import { withReadOnlyStore } from './read-store.ts'

export interface LoadedConfig {
  readonly config: Config
  readonly configPath: string
  readonly stateDir: string
  /** What it was read from. */
  readonly files: LoadedConfigFile['files']
  /** How it was understood. */
  readonly reading: LoadedConfigFile['reading']
}

interface Listeners {
  readonly warn?: (line: string) => void
  readonly error?: (line: string) => void
}

/**
 * The valid config of this installation. Throws `CONFIG_INVALID` when there are errors; they are printed, warnings are not:
 * they go to `warn`, and otherwise to those who ask `config validate`.
 */
export async function loadConfig(
  context: CliContext,
  { warn = () => {}, error = context.error }: Listeners = {},
): Promise<LoadedConfig> {
  const { configPath, stateDir } = configPaths(context)
  const result = await readConfig(context)
  for (const problem of result.problems)
    if (problem.severity === 'error') error(describeProblem(problem))
    else warn(formatProblem(problem))
  if (!result.ok)
    throw new CliError(
      'CONFIG_INVALID',
      [`${configPath} has errors and was not used.`, ...whoseFile(result)].join('\n'),
    )
  const { config, files, reading } = result
  return { config, configPath, stateDir, files, reading }
}

export interface EffectiveConfig extends LoadedConfig {
  readonly registrations: readonly RegistrationStatus[]
}

/** The valid config with the agents and bindings that were made beside it, as a gateway puts it into force. */
export async function loadEffectiveConfig(
  context: CliContext,
  listeners?: Listeners,
): Promise<EffectiveConfig> {
  const loaded = await loadConfig(context, listeners)
  const kept = await withReadOnlyStore(context, (store) => createRegistrationBook(store).read())
  return { ...loaded, ...composeConfig(loaded.config, kept, Date.now()) }
}

/** What to say of a file that is read as ours and has settings that only other systems have. */
export function whoseFile({
  problems,
  reading,
}: Pick<LoadedConfigFile, 'problems' | 'reading'>): readonly string[] {
  const isForeign = problems.some(
    ({ severity, code }) => severity === 'error' && code === 'NOT_AVAILABLE',
  )
  if (!isForeign || reading.flavour !== 'junctor') return []
  const systems = flavourNames.filter((name) => name !== 'junctor')
  return [`If it is the file of another system, say whose: --flavour ${systems.join('|')}.`]
}

/** The config of this installation, valid or not. */
export function readConfig(context: CliContext): Promise<LoadedConfigFile> {
  const { env, home } = context
  return loadConfigFile({ ...configPaths(context), env, home, check: configProblems })
}
