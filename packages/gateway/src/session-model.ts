import type { Config } from '@junctor/config'
import type { Session } from '@junctor/store'
import type { PreparedAgent } from './snapshot.ts'

/** Models that people may choose for a session of this agent: its own, those that stand in, and every alias. */
export function modelsFor(
  { models }: Config,
  { agent, fallbacks }: PreparedAgent,
): ReadonlySet<string> {
  return new Set([agent.model, ...fallbacks, ...Object.values(models.aliases)])
}

/** The model that was chosen for the session. `refused`: the config does not allow it any more. */
export function sessionModel(
  config: Config,
  prepared: PreparedAgent,
  session: Pick<Session, 'settings'> | undefined,
): { readonly model?: string; readonly refused?: string } {
  const chosen = session?.settings['model']
  if (typeof chosen !== 'string') return {}
  return modelsFor(config, prepared).has(chosen) ? { model: chosen } : { refused: chosen }
}
