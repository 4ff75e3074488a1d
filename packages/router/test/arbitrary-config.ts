import * as fc from 'fast-check'
import type {
  AgentState,
  Binding,
  Policy,
  PolicyCondition,
  RouteFacts,
  RouteInput,
  RouterConfig,
} from '@junctor/router'

// Small alphabets, so that bindings and messages meet in every tier. `__proto__` and `constructor` are ids like others.
const agentIds = ['home', 'work', 'ops', '__proto__']
const channel = mostly(['telegram', 'Telegram'], ['slack', '__proto__'])
const account = mostly(['default', 'a'], ['A:b%', 'constructor'])
const peerId = mostly(['p1', 'p2'], ['P1', 'alice', 'a:b%', '__proto__'])
const guild = mostly(['g1'], ['g2', '__proto__'])
const team = mostly(['t1'], ['toString'])
const role = fc.constantFrom('r1', 'r2', 'r3', '__proto__')
const kind = fc.constantFrom('dm', 'direct', 'private', 'group', 'channel')
const dmScope = fc.constantFrom(
  'main' as const,
  'per-peer' as const,
  'per-channel-peer' as const,
  'per-account-channel-peer' as const,
)

/** Ids that meet often, and others that show a mix-up. */
function mostly(common: readonly string[], rare: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...common), weight: 4 },
    { arbitrary: fc.constantFrom(...rare), weight: 1 },
  )
}

function maybe<Value>(arbitrary: fc.Arbitrary<Value>, percent: number): fc.Arbitrary<Value | null> {
  return fc.oneof(
    { arbitrary, weight: percent },
    { arbitrary: fc.constant(null), weight: 100 - percent },
  )
}

/** Drops what is null: an absent field, not an undefined one. */
function compact<Value extends object>(
  value: Value,
): { [Key in keyof Value]: NonNullable<Value[Key]> } {
  const given = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(given) as { [Key in keyof Value]: NonNullable<Value[Key]> }
}

const binding: fc.Arbitrary<Omit<Binding, 'id'>> = fc
  .record({
    agentId: fc.constantFrom(...agentIds),
    channel,
    accountId: maybe(fc.oneof(account, fc.constant('*')), 50),
    peer: maybe(fc.record({ kind, id: fc.oneof(peerId, fc.constant('*')) }), 40),
    guildId: maybe(guild, 35),
    teamId: maybe(team, 40),
    roles: maybe(fc.array(role, { maxLength: 3, size: 'max' }), 50),
    dmScope: maybe(dmScope, 20),
  })
  .map(({ agentId, dmScope: scope, ...fields }) => {
    const { roles, ...match } = compact(fields)
    const held = fields.guildId === null || fields.roles === null ? {} : { roles }
    return { agentId, match: { ...match, ...held }, ...(scope === null ? {} : { dmScope: scope }) }
  })

const agentRole = fc.constantFrom('qa', 'support')
const agentState = fc.constantFrom<AgentState>(
  'available',
  'busy',
  'paused',
  'over-budget',
  'failing',
)
const day = fc.constantFrom('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')
const clock = fc.constantFrom('00:00', '08:00', '18:00', '23:30')

const condition: fc.Arbitrary<PolicyCondition> = fc
  .record({
    channel: maybe(channel, 60),
    accountId: maybe(fc.oneof(account, fc.constant('*')), 20),
    peer: maybe(fc.record({ kind, id: fc.oneof(peerId, fc.constant('*')) }), 25),
    guildId: maybe(guild, 20),
    teamId: maybe(team, 20),
    roles: maybe(fc.array(role, { maxLength: 2 }), 30),
    sender: maybe(fc.array(peerId, { minLength: 1, maxLength: 2 }), 20),
    text: maybe(fc.constantFrom('help|urgent', '^pay', 'l+\\b', '[x-z]\\d?$'), 20),
    time: maybe(
      fc
        .record({
          from: maybe(clock, 70),
          to: maybe(clock, 70),
          days: maybe(fc.array(day, { maxLength: 4 }), 40),
        })
        .map(compact),
      20,
    ),
    agentState: maybe(
      fc
        .array(fc.tuple(fc.constantFrom(...agentIds), agentState), { maxLength: 2 })
        .map(Object.fromEntries<AgentState>),
      20,
    ),
  })
  .map(({ roles, ...fields }) => {
    const held = fields.guildId === null || roles === null ? {} : { roles }
    return { ...compact(fields), ...held }
  })

const policy: fc.Arbitrary<Policy> = fc
  .record({
    when: condition,
    to: fc.oneof(
      fc.constantFrom(...agentIds),
      agentRole.map((name) => `role:${name}`),
    ),
    else: maybe(fc.array(fc.constantFrom(...agentIds), { maxLength: 2 }), 40),
  })
  .map(compact)

export const anyFacts: fc.Arbitrary<RouteFacts> = fc
  .record({
    text: maybe(fc.constantFrom('Please HELP me', 'payday', 'pay up', 'y7', 'all', ''), 80),
    senderId: maybe(peerId, 80),
    // The hours of two weeks.
    at: maybe(
      fc.nat({ max: 14 * 48 }).map((half) => Date.UTC(2026, 7, 3) + half * 1_800_000),
      80,
    ),
    agentStates: maybe(
      fc
        .array(fc.tuple(fc.constantFrom(...agentIds), agentState), { maxLength: 4 })
        .map((entries) => new Map(entries)),
      70,
    ),
  })
  .map(compact)

export const anyConfig: fc.Arbitrary<RouterConfig> = fc
  .record({
    // The first two always have a role, and an agent stands in only for those before it: no circles.
    roles: fc.array(fc.uniqueArray(agentRole, { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    fallbacks: fc.array(fc.array(fc.nat({ max: 3 }), { maxLength: 2 }), {
      minLength: 4,
      maxLength: 4,
    }),
    policies: fc.array(policy, { maxLength: 5 }),
    onUnavailable: fc.constantFrom('fallback' as const, 'queue' as const, 'reject' as const),
    defaultAgent: fc.integer({ min: -1, max: agentIds.length - 1 }),
    bindings: fc.array(binding, { maxLength: 16, size: 'max' }),
    mainKey: maybe(fc.constantFrom('main', 'desk', 'dm'), 30),
    scope: maybe(dmScope, 70),
    linked: fc.uniqueArray(fc.constantFrom('telegram:p1', 'Slack:P1', 'slack:p2', 'telegram:a:b%')),
    omittedAccount: fc.constantFrom('any' as const, 'default' as const),
    defaultAccount: maybe(account, 50),
    broadcastTo: fc.uniqueArray(fc.constantFrom(...agentIds), { maxLength: 3 }),
    broadcast: maybe(peerId, 10),
  })
  .map((shape) => ({
    agents: agentIds.map((id, index) => ({
      id,
      default: index === shape.defaultAgent,
      roles: [['qa'], ['support']][index] ?? shape.roles[index] ?? [],
      fallback: (shape.fallbacks[index] ?? [])
        .filter((other) => other > index)
        .flatMap((other) => agentIds[other] ?? []),
    })),
    policies: shape.policies.map((fields, index) => ({ id: `p${index}`, ...fields })),
    onUnavailable: shape.onUnavailable,
    bindings: shape.bindings.map((fields, index) => ({ id: `b${index}`, ...fields })),
    session: {
      ...(shape.mainKey === null ? {} : { mainKey: shape.mainKey }),
      ...(shape.scope === null ? {} : { dmScope: shape.scope }),
      identityLinks: { alice: shape.linked },
    },
    omittedAccount: shape.omittedAccount,
    ...(shape.defaultAccount === null
      ? {}
      : { defaultAccounts: { Telegram: shape.defaultAccount } }),
    ...(shape.broadcast === null || shape.broadcastTo.length === 0
      ? {}
      : { broadcast: { groups: Object.fromEntries([[shape.broadcast, shape.broadcastTo]]) } }),
  }))

export const anyInput: fc.Arbitrary<RouteInput> = fc
  .record({
    channel,
    accountId: fc.oneof(account, fc.constant('new')),
    peer: fc.record({ kind, id: fc.oneof(peerId, fc.constant('*'), fc.constant('stranger')) }),
    parents: maybe(fc.array(fc.record({ kind, id: peerId }), { maxLength: 3 }), 40),
    guildId: maybe(guild, 60),
    teamId: maybe(team, 60),
    roles: maybe(fc.array(role, { maxLength: 4, size: 'max' }), 70),
    threadId: maybe(fc.constantFrom('1', 'x:y', ''), 30),
  })
  .map(compact)
