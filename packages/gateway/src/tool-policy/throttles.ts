import type { Config, Throttle } from '@junctor/config'
import type { JsonValue, Store } from '@junctor/store'
import { toolMatcher } from '@junctor/tool-policy'
import { fieldOf, toJson } from '../envelopes.ts'
import { fill, type Bucket } from './bucket.ts'

/** A limit on calls of an agent. */
export interface ThrottleRule extends Throttle {
  /** Where it stands: `agents.family.tools.throttle`. */
  readonly layer: string
  /** The tool, group or pattern that it is about, as it is written. */
  readonly entry: string
}

/** A limit that leaves no room now. */
export interface Throttled {
  readonly rule: ThrottleRule
  /** When it does again, in milliseconds since 1970. */
  readonly retryAt: number
}

/** How often each agent called what. Durable, each agent by itself. */
export interface Throttles {
  /** Counts a call against all of these rules, or against none where one leaves no room. */
  take(agentId: string, rules: readonly ThrottleRule[]): Promise<Throttled | undefined>
}

type AgentConfig = Config['agents']['list'][number]

/** The limits on each tool of an agent: those of all and its own, side by side. */
export function throttlesOf(
  config: Config,
  { id, tools }: Pick<AgentConfig, 'id' | 'tools'>,
): (tool: string) => readonly ThrottleRule[] {
  const owners = [
    { layer: 'tools.throttle', limits: config.tools.throttle },
    { layer: `agents.${id}.tools.throttle`, limits: tools.throttle },
  ]
  const rules = owners.flatMap(({ layer, limits = {} }) =>
    Object.entries(limits).map(([entry, limit]) => ({
      rule: { layer, entry, ...limit },
      matches: toolMatcher([entry], { layer, list: entry }),
    })),
  )
  return (tool) => rules.flatMap(({ rule, matches }) => (matches(tool) === undefined ? [] : [rule]))
}

/** `10 calls a minute` */
export function throttleText({ calls, perMs }: Throttle): string {
  return `${calls} ${calls === 1 ? 'call' : 'calls'} a ${unitNames[perMs] ?? `${perMs} ms`}`
}

const unitNames: Readonly<Record<number, string>> = {
  1_000: 'second',
  60_000: 'minute',
  3_600_000: 'hour',
  86_400_000: 'day',
}

const TABLE = 'throttles'
const KEY = 'buckets'

export function createThrottles({
  store,
  now,
}: {
  readonly store: Store
  readonly now: () => number
}): Throttles {
  return {
    async take(agentId, rules) {
      if (rules.length === 0) return undefined
      const table = store.agent(agentId).table(TABLE)
      for (;;) {
        const entry = await table.get(KEY)
        const at = now()
        const filled = rules.map((rule) => {
          const name = nameOf(rule)
          return { rule, name, ...fill(rule, bucketIn(entry?.value, name), at) }
        })
        const [latest] = filled
          .filter(({ tokens }) => tokens < 1)
          .toSorted((one, other) => other.nextAt - one.nextAt)
        if (latest !== undefined) return { rule: latest.rule, retryAt: latest.nextAt }
        const taken = filled.map(({ name, tokens }) => [name, { tokens: tokens - 1, at }] as const)
        const value = { ...Object(entry?.value), ...Object.fromEntries(taken) }
        if (await table.put(KEY, toJson(value), { version: entry?.version ?? 0 })) return undefined
      }
    },
  }
}

function nameOf({ layer, entry }: ThrottleRule): string {
  return `${layer} ${entry}`
}

function bucketIn(buckets: JsonValue | undefined, name: string): Bucket | undefined {
  const bucket = buckets === undefined ? null : fieldOf(buckets, name)
  const [tokens, at] = [fieldOf(bucket, 'tokens'), fieldOf(bucket, 'at')]
  return typeof tokens === 'number' && typeof at === 'number' ? { tokens, at } : undefined
}
