import type { FlavourName } from '@junctor/config'
import { configPaths } from '@junctor/config/file'
import type { Store } from '@junctor/store'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { withOwnStore, withReadOnlyStore } from '../read-store.ts'
import { readConfigs } from './import-config.ts'
import { importCredentials, importSharedCredentials } from './import-credentials.ts'
import { importSessions } from './import-sessions.ts'
import { importWorkspace } from './import-workspace.ts'
import { tellLeftBehind } from './left-behind.ts'
import { findSource } from './source.ts'
import type { Tell } from './things.ts'

export interface ImportOptions {
  readonly flavour: FlavourName
  /** The folder of their state. Default: where their system keeps it. */
  readonly from?: string
  /** Change nothing, and say what would be. */
  readonly dryRun: boolean
  /** Only what is this agent's, and the config. */
  readonly agent?: string
}

/**
 * Takes over what another system keeps: config, workspaces, credentials and conversations. Theirs is only read; nothing of ours
 * is replaced. It can be done again at any time, also after it was interrupted. The config comes last: until then a gateway
 * that is started reads theirs. Throws `LOCKED` while a gateway runs, which could not be told of what is new.
 */
export async function importFrom(
  context: CliContext,
  { flavour, from, dryRun: isDryRun, agent: onlyAgent }: ImportOptions,
  tell: Tell,
): Promise<void> {
  const source = await findSource(context, flavour, from)
  const { stateDir } = configPaths(context)
  const configs = await readConfigs(context, source, tell, isDryRun)
  const { theirs, ours } = configs
  if (onlyAgent !== undefined && !theirs.agents.list.some(({ id }) => id === onlyAgent))
    throw new CliError('NOT_FOUND', `${source.title} has no agent "${onlyAgent}".`)
  const use = isDryRun ? withReadOnlyStore : withOwnStore
  await use(context, async (store: Store) => {
    for (const agent of theirs.agents.list) {
      if (onlyAgent !== undefined && agent.id !== onlyAgent) continue
      const own = ours.agents.list.find(({ id }) => id === agent.id)
      // What our config lacks is said with the config.
      if (own === undefined) continue
      await importWorkspace({ theirs: agent, ours: own, stateDir, isDryRun }, tell)
      await importCredentials(agent, own, isDryRun, tell)
    }
    if (onlyAgent === undefined) await importSharedCredentials(source, theirs, ours, isDryRun, tell)
    await importSessions({ source, theirs, ours, store, isDryRun, onlyAgent }, tell)
    if (onlyAgent === undefined) await tellLeftBehind(source, tell)
    await configs.apply()
  })
}
