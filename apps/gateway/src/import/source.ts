import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { flavours, parseJson5, toValue, type FlavourName } from '@junctor/config'
import { foreignPaths } from '@junctor/config/file'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { isRecord, recordOf, textOf } from './json.ts'

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
  /** The index of sessions that its config names, absolute; `{agentId}` stands for each agent. */
  readonly sessionStore?: string
}

/**
 * The places of a system, or those that it has when its state is in the folder `from`. A copy of a whole home keeps its own `~`.
 * Throws `USAGE` for a system without files and `NOT_FOUND`.
 */
export async function findSource(
  context: CliContext,
  flavour: FlavourName,
  from: string | undefined,
): Promise<ImportSource> {
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
  const sessionStore = await sessionStoreOf(source)
  return { ...source, ...(sessionStore === undefined ? {} : { sessionStore }) }
}

/** Nothing here acts on this setting, so no reading of the config tells it. */
async function sessionStoreOf({ configPath, home }: ImportSource): Promise<string | undefined> {
  const parsed = parseJson5(await readFile(configPath, 'utf8').catch(() => ''))
  if (!parsed.ok || parsed.node === undefined) return undefined
  const config = toValue(parsed.node)
  const store = isRecord(config) ? textOf(recordOf(config, 'session'), 'store') : undefined
  if (store === undefined || store.trim() === '') return undefined
  return resolve(dirname(configPath), store.replace(/^~(?=[/\\]|$)/, home))
}
