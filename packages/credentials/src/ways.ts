import { ModelError, type Model } from '@junctor/agent'
import type { AuthScope } from '@junctor/config'
import { hasCode } from '@junctor/errors'
import type { Condition, Judged, Rules } from './choose.ts'
import type { ProfilePool } from './profile-pool.ts'
import type { Profile } from './profile.ts'

/** What a client of a provider needs of a profile; the same object for as long as the profile is the same. */
export interface ProfileKey {
  readonly reveal: () => string
  /** Where it is kept, for messages. */
  readonly place: string
}

export interface WaysOptions {
  readonly provider: string
  readonly agentId: string
  /** Absent: the agent's own file where it has one, else the key of the installation. */
  readonly scope: AuthScope | undefined
  readonly own: ProfilePool
  readonly shared: ProfilePool
  readonly rules: Rules
  /** The model, called with one profile. `hasStandIn`: if the provider is busy another profile is asked. */
  readonly connect: (key: ProfileKey, hasStandIn: boolean) => Model
  /** The model, called with the key that the config or the environment has. Throws `ModelError` where they have none. */
  readonly installation: () => Model
}

/** One way to make a call. */
export interface Way {
  readonly name: string
  /** Absent: the key of the installation. */
  readonly credential?: { readonly pool: ProfilePool; readonly profile: Profile }
  readonly connect: (hasStandIn: boolean) => Model
}

interface JudgedPool {
  readonly pool: ProfilePool
  readonly list: readonly Judged[]
}

/** The ways to make a call now, the best first. Throws `ModelError` where there is none, and says what to do. */
export async function findWays(options: WaysOptions, sessionKey: string): Promise<readonly Way[]> {
  const { provider, rules } = options
  const { pools, withInstallation } = await poolsOf(options)
  const judged: readonly JudgedPool[] = await Promise.all(
    pools.map(async (pool) => ({ pool, list: await pool.judge(provider, rules) })),
  )
  const ready = await Promise.all(
    judged.map(async ({ pool, list }) =>
      (await pool.ready(list, rules, sessionKey)).map((profile) => ({ pool, profile })),
    ),
  )
  const key = withInstallation ? installationKey(options) : undefined
  const ways = [...ready.flat().map((each) => wayOf(options, each)), ...(key ?? [])]
  if (ways.length > 0) return ways
  // A rest is a preference, no ban: who has nothing else asks the one that will have rested first.
  const rested = soonestOf(judged)
  if (rested !== undefined) return [wayOf(options, rested)]
  throw lackOf(options, judged, withInstallation)
}

async function poolsOf({ scope, own, shared }: WaysOptions): Promise<{
  readonly pools: readonly ProfilePool[]
  readonly withInstallation: boolean
}> {
  if (scope === 'shared') return { pools: [shared], withInstallation: true }
  if (scope === 'agent-then-shared') return { pools: [own, shared], withInstallation: true }
  const isOwn = scope === 'agent' || (await own.read()).exists
  return { pools: isOwn ? [own] : [], withInstallation: !isOwn }
}

function wayOf({ connect }: WaysOptions, credential: NonNullable<Way['credential']>): Way {
  const { pool, profile } = credential
  return {
    name: `profile ${profile.id}`,
    credential,
    connect: (hasStandIn) => connect(profileKey(profile, pool.path), hasStandIn),
  }
}

const keys = new WeakMap<Profile, ProfileKey>()

/** The key of a profile of this file, always the same object. */
export function profileKey(profile: Profile, path: string): ProfileKey {
  const known = keys.get(profile)
  if (known !== undefined) return known
  const { id, secret } = profile
  const key = {
    reveal: secret.reveal,
    place: `the profile ${JSON.stringify(id)} in ${path}`,
  }
  keys.set(profile, key)
  return key
}

function installationKey({ installation }: WaysOptions): readonly [Way] | undefined {
  try {
    const model = installation()
    return [{ name: "the installation's key", connect: () => model }]
  } catch (error) {
    if (hasCode(error, 'UNAUTHORIZED')) return undefined
    throw error
  }
}

function soonestOf(judged: readonly JudgedPool[]): Way['credential'] {
  const resting = judged.flatMap(({ pool, list }) =>
    list.flatMap(({ profile, condition }) =>
      condition.state === 'resting' && condition.record.refusal === 'busy'
        ? [{ pool, profile, until: condition.until }]
        : [],
    ),
  )
  return resting.toSorted((a, b) => a.until - b.until)[0]
}

function lackOf(
  { agentId, provider, scope, own }: WaysOptions,
  judged: readonly JudgedPool[],
  withInstallation: boolean,
): ModelError {
  const profiles = judged.flatMap(({ list }) => list)
  const target = scope === 'shared' ? '--shared' : `--agent ${agentId}`
  const add = `\`junctor auth add ${target} --provider ${provider}\``
  const paths = judged.length === 0 ? [own.path] : judged.map(({ pool }) => pool.path)
  const places = [...paths, ...(withInstallation ? [`models.providers.${provider}.apiKey`] : [])]
  const [why, cure] =
    profiles.length === 0
      ? [
          `there is none for it in ${places.join(' or ')}`,
          `Add one with ${add}${withInstallation ? '' : ', or lend it those of the installation with auth.scope: "agent-then-shared"'}.`,
        ]
      : [
          `${paths.join(' and ')} has ${profiles.map(({ profile, condition }) => `${profile.id} (${describeCondition(condition)})`).join(', ')}`,
          `Replace one with ${add}, or try them with \`junctor auth test ${target}\`.`,
        ]
  const isUnpaid =
    profiles.length > 0 && profiles.every(({ condition }) => condition.state === 'resting')
  return new ModelError(
    provider,
    isUnpaid ? 'OUT_OF_CREDIT' : 'UNAUTHORIZED',
    `Agent "${agentId}" has no usable credentials for the provider "${provider}": ${why}. ${cure}`,
    { details: { agent: agentId } },
  )
}

/** One clause for a person. */
export function describeCondition(condition: Condition): string {
  if (condition.state === 'ok') return 'ok'
  if (condition.state === 'disabled') return `not used: ${condition.reason}`
  return `rests until ${new Date(condition.until).toISOString()}: ${condition.record.reason}`
}
