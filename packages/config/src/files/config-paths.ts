import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute } from 'node:path'
import { ConfigError } from '../errors.ts'
import { flavourNames, flavours, type FlavourName } from '../flavour/flavours.ts'
import { resolvePath } from '../paths.ts'
import { profileOf } from '../profile.ts'

export interface ConfigPathsOptions {
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: the user's home folder. */
  readonly home?: string
  /** Whose config is meant. Default: ours, else the first of another system that is there. */
  readonly flavour?: FlavourName | undefined
}

export interface ConfigPaths {
  /** `JUNCTOR_CONFIG_PATH`, else `junctor.json` in the state folder; without one the file of another system that is there. */
  readonly configPath: string
  /** `JUNCTOR_STATE_DIR`, else `~/.junctor`, whosever the config is. */
  readonly stateDir: string
  /** Whose file `configPath` is, where that is settled: it is read in place and never written. */
  readonly flavour?: FlavourName
  /** Where a config of ours belongs, there or not. */
  readonly ownConfigPath: string
}

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/**
 * Where the config and the state are. Blank variables count as not set.
 *
 * @throws ConfigError `INVALID_ENVIRONMENT` for a path that is neither absolute nor begins with `~`, or an unusable
 * `JUNCTOR_PROFILE`.
 */
export function configPaths(options: ConfigPathsOptions = {}): ConfigPaths {
  const { env = process.env, home = homedir(), flavour } = options
  const place = { env, home }
  const profile = profileOf(env)
  if (!profile.ok)
    throw new ConfigError('INVALID_ENVIRONMENT', `${profile.message}; ${profile.hint}`)
  const stateDir = pathFrom('JUNCTOR_STATE_DIR', place) ?? resolvePath('~/.junctor', '', home)
  const chosen = pathFrom('JUNCTOR_CONFIG_PATH', place)
  const ownConfigPath = chosen ?? resolvePath('junctor.json', stateDir, home)
  const own = { configPath: ownConfigPath, stateDir, ownConfigPath }
  // A file that the environment names is that file, whosever it is.
  if (chosen !== undefined || flavour === 'junctor') return { ...own, ...(flavour && { flavour }) }
  if (flavour === undefined && existsSync(ownConfigPath)) return own
  for (const name of flavour === undefined ? foreign : [flavour]) {
    const configPath = foreignPaths(name, place)?.configPath
    if (configPath !== undefined && (flavour !== undefined || existsSync(configPath)))
      return { configPath, stateDir, flavour: name, ownConfigPath }
  }
  return { ...own, ...(flavour && { flavour }) }
}

const foreign = flavourNames.filter((name) => name !== 'junctor')

export interface ForeignPaths {
  readonly configPath: string
  readonly stateDir: string
}

/**
 * Where another system keeps its config and state, as its own environment variables say. Undefined for one without files.
 *
 * @throws ConfigError `INVALID_ENVIRONMENT`.
 */
export function foreignPaths(
  flavour: FlavourName,
  { env = process.env, home = homedir() }: Omit<ConfigPathsOptions, 'flavour'> = {},
): ForeignPaths | undefined {
  const { configPath, stateDir, envPrefix } = flavours[flavour]
  if (configPath === undefined || stateDir === undefined || envPrefix === undefined)
    return undefined
  const moved = pathFrom(`${envPrefix}_STATE_DIR`, { env, home })
  const isInside = configPath.startsWith(`${stateDir}/`)
  const folder = moved !== undefined && isInside ? moved : resolvePath(stateDir, '', home)
  const file = isInside ? configPath.slice(stateDir.length + 1) : configPath
  return {
    configPath:
      pathFrom(`${envPrefix}_CONFIG_PATH`, { env, home }) ?? resolvePath(file, folder, home),
    stateDir: moved ?? resolvePath(stateDir, '', home),
  }
}

function pathFrom(name: string, { env, home }: Place): string | undefined {
  const value = env[name]?.trim()
  if (value === undefined || value === '') return undefined
  const path = resolvePath(value, '', home)
  if (isAbsolute(value) || /^~(?=[/\\]|$)/.test(value)) return path
  throw new ConfigError(
    'INVALID_ENVIRONMENT',
    `The environment variable ${name} is the relative path ${JSON.stringify(value)}; write it from the root or from ~`,
  )
}
