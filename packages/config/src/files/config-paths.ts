import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { ConfigError } from '../errors.ts'
import { resolvePath } from '../paths.ts'
import { profileOf } from '../profile.ts'

export interface ConfigPathsOptions {
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: the user's home folder. */
  readonly home?: string
}

export interface ConfigPaths {
  /** `JUNCTOR_CONFIG_PATH`, else `junctor.json` in the state folder. */
  readonly configPath: string
  /** `JUNCTOR_STATE_DIR`, else `~/.junctor`. */
  readonly stateDir: string
}

/**
 * Where the config and the state are. Blank variables count as not set.
 *
 * @throws ConfigError `INVALID_ENVIRONMENT` for a path that is neither absolute nor begins with `~`, or an unusable
 * `JUNCTOR_PROFILE`.
 */
export function configPaths(options: ConfigPathsOptions = {}): ConfigPaths {
  const { env = process.env, home = homedir() } = options
  const profile = profileOf(env)
  if (!profile.ok)
    throw new ConfigError('INVALID_ENVIRONMENT', `${profile.message}; ${profile.hint}`)
  const stateDir = pathFrom('JUNCTOR_STATE_DIR', env, home) ?? resolvePath('~/.junctor', '', home)
  const configPath =
    pathFrom('JUNCTOR_CONFIG_PATH', env, home) ?? resolvePath('junctor.json', stateDir, home)
  return { configPath, stateDir }
}

function pathFrom(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string | undefined {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return undefined
  const path = resolvePath(value, '', home)
  if (isAbsolute(value) || /^~(?=[/\\]|$)/.test(value)) return path
  throw new ConfigError(
    'INVALID_ENVIRONMENT',
    `The environment variable ${name} is the relative path ${JSON.stringify(value)}; write it from the root or from ~`,
  )
}
