import { existsSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { flavours, type FlavourName } from '@junctor/config'
import { foreignPaths } from '@junctor/config/file'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'

/** Where another system keeps what is to be imported. Nothing is ever written there. */
export interface ImportSource {
  readonly flavour: FlavourName
  /** Of the system, for people. */
  readonly title: string
  readonly configPath: string
  readonly hasConfig: boolean
  readonly stateDir: string
  /** What `~` stands for in its config. */
  readonly home: string
}

/**
 * The places of a system, or those that it has when its state is in the folder `from`. A copy of a whole home keeps its own `~`.
 * Throws `USAGE` for a system without files and `NOT_FOUND`.
 */
export function findSource(
  context: CliContext,
  flavour: FlavourName,
  from: string | undefined,
): ImportSource {
  const { title, stateDir = '', envPrefix } = flavours[flavour]
  const folder = from === undefined ? undefined : resolve(from)
  const isHomeCopy = folder !== undefined && basename(folder) === basename(stateDir)
  const home = isHomeCopy ? dirname(folder) : context.home
  const env =
    folder === undefined
      ? context.env
      : // What the environment says is about the system itself, and this may be a copy of it.
        {
          ...context.env,
          [`${envPrefix}_STATE_DIR`]: folder,
          [`${envPrefix}_CONFIG_PATH`]: undefined,
        }
  const paths = foreignPaths(flavour, { env, home })
  if (paths === undefined || flavour === 'junctor')
    throw new CliError('USAGE', `${title} keeps no files that could be imported.`)
  const source = { flavour, title, home, ...paths, hasConfig: existsSync(paths.configPath) }
  if (!source.hasConfig && !existsSync(source.stateDir))
    throw new CliError(
      'NOT_FOUND',
      `There is nothing of ${title}: neither ${paths.configPath} nor ${paths.stateDir}. --from <folder> names the folder of its state.`,
    )
  return source
}
