import type { RouterConfig } from '@junctor/router'
import type { JsonValue, Store } from '@junctor/store'
import type { Snapshot } from './snapshot.ts'

/** What decides a route: agents, bindings, policies, session settings. */
export type RoutingRules = RouterConfig

const TABLE = 'routing-rules'

/** Keep the rules under their revision, so that a message can later be explained by the rules of its time. */
export async function keepRules(store: Store, { routing, revision }: Snapshot): Promise<void> {
  const rules = JSON.parse(JSON.stringify(routing)) as JsonValue
  await store.gateway.table(TABLE).put(revision, rules, { version: 0 })
}

export async function readRules(store: Store, revision: string): Promise<RoutingRules | undefined> {
  const entry = await store.gateway.table(TABLE).get(revision)
  return entry === undefined ? undefined : (entry.value as unknown as RoutingRules)
}
