import type { Binding, Policy, RouteFacts, RouteInput, RouterConfig } from '@junctor/router'

export interface Workload {
  readonly name: string
  readonly config: RouterConfig
  readonly inputs: readonly RouteInput[]
  /** What the router is told besides. Default: nothing. */
  readonly facts?: RouteFacts
}

const inputCount = 20_000
const channels = ['telegram', 'discord', 'slack', 'whatsapp', 'matrix']

/** Small, seeded and good enough: the same workload on every machine. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Bindings of every shape, and messages that end in every tier. */
export function mixed(bindingCount: number): Workload {
  const random = createRandom(bindingCount)
  const agents = Array.from({ length: 20 }, (_, index) => ({ id: `agent-${index}` }))
  const bindings = Array.from({ length: bindingCount }, (_, index): Binding => {
    const shape = index % 10
    const channel = channels[random(5)] ?? 'telegram'
    const named = random(2) === 0 ? { accountId: `account-${random(10)}` } : {}
    const match = { channel, ...named }
    const agentId = `agent-${random(20)}`
    if (shape < 3)
      return { agentId, match: { ...match, peer: { kind: 'dm', id: `+1555${index}` } } }
    if (shape < 6)
      return { agentId, match: { ...match, peer: { kind: 'group', id: `-100${index}` } } }
    const guildId = `guild-${Math.floor(index / 10)}`
    if (shape === 6) return { agentId, match: { ...match, guildId, roles: [`role-${index}`] } }
    if (shape === 7) return { agentId, match: { ...match, guildId } }
    if (shape === 8) return { agentId, match: { ...match, teamId: `team-${index}` } }
    return {
      agentId,
      match:
        index % 100 === 9
          ? { ...match, accountId: `account-${random(10)}` }
          : { ...match, peer: { kind: 'channel', id: `C${index}` } },
    }
  })
  const inputs = Array.from({ length: inputCount }, (): RouteInput => {
    const { match }: Pick<Binding, 'match'> = bindings[random(bindingCount)] ?? {
      match: { channel: 'irc' },
    }
    const { channel, guildId, teamId, roles } = match
    const accountId = match.accountId ?? `account-${random(10)}`
    const base = { channel, accountId }
    if (random(10) === 0) return { ...base, peer: { kind: 'dm', id: `+stranger${random(9_999)}` } }
    if (match.peer !== undefined) {
      const peer = { kind: match.peer.kind, id: match.peer.id }
      if (peer.kind === 'dm' || random(3) > 0) return { ...base, peer }
      return { ...base, peer: { kind: 'channel', id: `thread-${random(9_999)}` }, parents: [peer] }
    }
    return {
      ...base,
      peer: { kind: 'channel', id: `room-${random(9_999)}` },
      ...(guildId === undefined ? {} : { guildId }),
      ...(teamId === undefined ? {} : { teamId }),
      ...(roles === undefined ? {} : { roles: ['member', ...roles] }),
    }
  })
  const session = { dmScope: 'per-channel-peer' } as const
  return { name: `${bindingCount} bindings`, config: { agents, bindings, session }, inputs }
}

/** Rules of every kind that fit no message of the workloads. */
function idlePolicies(count: number, channel: (index: number) => string): readonly Policy[] {
  return Array.from({ length: count }, (_, index): Policy => {
    const when = { channel: channel(index) }
    const to = 'agent-0'
    if (index % 4 === 0) return { when: { ...when, text: 'invoice|refund' }, to }
    if (index % 4 === 1) return { when: { ...when, time: { from: '02:00', to: '03:00' } }, to }
    if (index % 4 === 2) return { when: { ...when, sender: [`nobody-${index}`] }, to }
    return { when: { ...when, agentState: { 'agent-0': 'paused' } }, to }
  })
}

const facts: RouteFacts = {
  text: 'Could somebody have a look at the heating in the small meeting room, please?',
  senderId: '1001',
  at: Date.UTC(2026, 7, 12, 12),
  agentStates: new Map(),
}

/** The same workloads with policies that do not fire. */
export function withIdlePolicies(): readonly Workload[] {
  const bound = mixed(10_000)
  const policies = idlePolicies(100, (index) => channels[index % 5] ?? 'telegram')
  const unbound = stress().at(-1)
  const others = idlePolicies(100, () => 'telegram')
  const own = idlePolicies(4, () => 'slack')
  const together = (name: string, workload: Workload, more: readonly Policy[]): Workload => ({
    ...workload,
    name,
    config: { ...workload.config, policies: more },
    facts,
  })
  return unbound === undefined
    ? []
    : [
        together('10,000 bindings, 100 policies', bound, policies),
        together('default, 100 policies elsewhere', unbound, others),
        together('default, 4 policies tried', unbound, own),
      ]
}

/** Shapes on which routers with a hidden scan or a bounded cache fall over. */
export function stress(): readonly Workload[] {
  const agents = [{ id: 'main' }]
  const agentId = 'main'
  const dm = (id: string) => ({ kind: 'dm', id }) as const
  const times = <Value>(length: number, make: (index: number) => Value) =>
    Array.from({ length }, (_, index) => make(index))
  const names = times(1_000, (index) => [`person-${index}`, [`telegram:${index}`]] as const)
  return [
    {
      name: '10,000 wildcard peers, new accounts',
      config: {
        agents,
        bindings: times(10_000, (index) => ({
          agentId,
          match: { channel: 'telegram', accountId: `account-${index}`, peer: dm('*') },
        })),
      },
      inputs: times(inputCount, (index) => ({
        channel: 'telegram',
        accountId: `new-${index}`,
        peer: dm(`${index}`),
      })),
    },
    {
      name: '3,000 accounts in rotation',
      config: {
        agents,
        bindings: times(3_000, (index) => ({
          agentId,
          match: { channel: 'telegram', accountId: `account-${index}` },
        })),
      },
      inputs: times(inputCount, (index) => ({
        channel: 'telegram',
        accountId: `account-${index % 3_000}`,
        peer: dm(`${index}`),
      })),
    },
    {
      name: '1,000 identity links',
      config: {
        agents,
        bindings: [{ agentId, match: { channel: 'telegram' } }],
        session: { dmScope: 'per-peer', identityLinks: Object.fromEntries(names) },
      },
      inputs: times(inputCount, (index) => ({
        channel: 'telegram',
        accountId: 'default',
        peer: dm(`${index % 2_000}`),
      })),
    },
    {
      name: '2,000 role bindings on one guild',
      config: {
        agents,
        bindings: times(2_000, (index) => ({
          agentId,
          match: { channel: 'discord', guildId: 'g', roles: [`role-${index}`] },
        })),
      },
      inputs: times(inputCount, (index) => ({
        channel: 'discord',
        accountId: 'default',
        peer: { kind: 'channel', id: `${index}` },
        guildId: 'g',
        roles: ['member', `role-${index % 4_000}`],
      })),
    },
    {
      name: '1,000 agents, all to the default',
      config: {
        agents: times(1_000, (index) => ({ id: `agent-${index}` })),
        bindings: times(1_000, (index) => ({
          agentId: `agent-${index}`,
          match: { channel: 'slack', peer: { kind: 'channel', id: `C${index}` } },
        })),
      },
      inputs: times(inputCount, (index) => ({
        channel: 'slack',
        accountId: 'default',
        peer: { kind: 'channel', id: `other-${index}` },
      })),
    },
  ]
}
