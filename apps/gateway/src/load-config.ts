import { formatProblem, type Config } from '@junctor/config'
import { configPaths, loadConfigFile } from '@junctor/config/file'
import type { CliContext } from './context.ts'
import { CliError } from './errors.ts'

export interface LoadedConfig {
  readonly config: Config
  readonly configPath: string
  readonly stateDir: string
}

/**
 * The valid config of this installation. `note` gets every warning and error as a line (default: standard error).
 * Throws `CONFIG_INVALID` when there are errors.
 */
export async function loadConfig(
  context: CliContext,
  note: (line: string) => void = context.error,
): Promise<LoadedConfig> {
  const { env, home } = context
  const { configPath, stateDir } = configPaths({ env, home })
  const result = await loadConfigFile({ configPath, stateDir, env, home })
  for (const problem of result.problems) note(formatProblem(problem))
  if (!result.ok) throw new CliError('CONFIG_INVALID', `${configPath} has errors and was not used.`)
  return { config: result.config, configPath, stateDir }
}
