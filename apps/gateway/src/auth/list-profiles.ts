import type { Config } from '@junctor/config'
import { describeCondition } from '@junctor/credentials'
import type { CredentialStatus } from '@junctor/api'
import type { CliContext } from '../context.ts'
import { agentOwner, sharedOwner, type Owner } from './owners.ts'

/** One profile, as it may be shown. */
export interface ListedProfile {
  /** Absent: of the installation. */
  readonly agent?: string
  readonly profile: string
  readonly provider?: string
  readonly type?: string
  /** The last four characters of a long secret. */
  readonly ending?: string
  readonly state: 'ok' | 'resting' | 'disabled' | 'unusable'
  /** When it is used again by itself, in milliseconds since 1970. */
  readonly until?: number
  readonly reason?: string
  readonly path: string
}

/** What one file has, in the order in which it is asked. */
export async function listProfiles(
  { agent, path, pool }: Owner,
  config: Config,
): Promise<readonly ListedProfile[]> {
  const { profiles, setAside } = await pool.read()
  const common = { ...(agent === undefined ? {} : { agent: agent.id }), path }
  const order = agent?.auth.order ?? {}
  const judged = await Promise.all(
    [...new Set(profiles.map(({ provider }) => provider))].map((provider) =>
      pool.judge(provider, {
        order: Object.hasOwn(order, provider) ? order[provider] : undefined,
        terms: config.auth.profiles,
      }),
    ),
  )
  const usable = judged.flat().map(({ profile, condition }): ListedProfile => {
    const { id, provider, type, secret } = profile
    return {
      ...common,
      profile: id,
      provider,
      type,
      ...(secret.ending === '' ? {} : { ending: secret.ending }),
      state: condition.state,
      ...(condition.state === 'resting' ? { until: condition.until } : {}),
      ...(condition.state === 'ok' ? {} : { reason: describeCondition(condition) }),
    }
  })
  const unusable = setAside.map(({ id, provider, type, reason }): ListedProfile => {
    const known = { ...(provider && { provider }), ...(type && { type }) }
    return { ...common, profile: id, ...known, state: 'unusable', reason }
  })
  return [...usable, ...unusable]
}

/** The credentials of every agent and of the installation, without any part of a key. */
export async function credentialStates(
  config: Config,
  context: CliContext,
): Promise<readonly CredentialStatus[]> {
  const silent = { ...context, error: () => {} }
  const owners = [
    ...config.agents.list.map((agent) => agentOwner(agent, silent)),
    sharedOwner(config, silent),
  ]
  const lists = await Promise.all(owners.map((owner) => listProfiles(owner, config)))
  return lists.flat().map(({ ending: _ending, path: _path, type: _type, ...shown }) => shown)
}
