import { formatProblem, parseConfig, type Config } from '@junctor/config'
import { compileRouter, type RouteInput } from '@junctor/router'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { routingOf } from '../src/snapshot.ts'

interface Match {
  readonly channel: string
  readonly accountId?: string
  readonly peer?: { readonly kind: string; readonly id: string }
  readonly guildId?: string
}

interface Declared {
  readonly id: string
  readonly accounts: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly routes: readonly Match[]
}

const channels = ['irc', 'matrix']
const names = ['a', 'b', 'default']
const channel = fc.constantFrom(...channels)
const name = fc.constantFrom(...names)
const kind = fc.constantFrom('dm', 'group', 'channel')
const id = fc.constantFrom('1', '2', '*')
const guild = fc.constantFrom('g', 'h')

const match: fc.Arbitrary<Match> = fc.record(
  {
    channel,
    accountId: fc.oneof(name, fc.constant('*')),
    peer: fc.record({ kind, id }),
    guildId: guild,
  },
  { requiredKeys: ['channel'] },
)
const accounts = fc.dictionary(
  channel,
  fc.dictionary(name, fc.constant({}), { minKeys: 1, maxKeys: 2 }),
  { maxKeys: 2 },
)
const declared: fc.Arbitrary<readonly Declared[]> = fc
  .array(fc.record({ accounts, routes: fc.array(match, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((list) => list.map((agent, index) => ({ id: `agent-${index}`, ...agent })))
const house = fc.record({
  agents: declared,
  written: fc.array(fc.record({ by: fc.nat(), match }), { maxLength: 4 }),
  omittedAccount: fc.constantFrom('any', 'default'),
})

type House = typeof house extends fc.Arbitrary<infer Value> ? Value : never

const common = (omittedAccount: string) => ({
  session: { dmScope: 'per-account-channel-peer' },
  routing: { omittedAccount },
})
const packages = {
  irc: { package: 'x-irc', accounts: {} },
  matrix: { package: 'x-m', accounts: {} },
}

function asDeclared({ agents, written, omittedAccount }: House): object {
  return {
    ...common(omittedAccount),
    channels: packages,
    agents: {
      list: agents.map(({ routes, ...agent }) => ({
        ...agent,
        routes: routes.map((route) => ({ match: route })),
      })),
    },
    bindings: written.map((binding) => ({
      agentId: agents[binding.by % agents.length]?.id,
      match: binding.match,
    })),
  }
}

/** The same by hand, as the documentation says it. */
function asWrittenOut({ agents, written, omittedAccount }: House): object {
  const all: Record<string, { package: string; accounts: Record<string, object> }> =
    structuredClone(packages)
  const routes: { agentId: string; match: Match }[] = []
  const whole: { agentId: string; match: Match }[] = []
  for (const agent of agents) {
    for (const route of agent.routes) routes.push({ agentId: agent.id, match: route })
    for (const [of, own] of Object.entries(agent.accounts))
      for (const accountId of Object.keys(own)) {
        const section = all[of]
        if (section !== undefined) section.accounts[accountId] = {}
        const meant = (given: Match): string =>
          given.accountId ?? (omittedAccount === 'any' ? '*' : 'default')
        const isRouted = agent.routes.some(
          (route) => route.channel === of && ['*', accountId].includes(meant(route)),
        )
        if (!isRouted) whole.push({ agentId: agent.id, match: { channel: of, accountId } })
      }
  }
  const explicit = written.map(({ by, match: given }) => ({
    agentId: agents[by % agents.length]?.id,
    match: given,
  }))
  return {
    ...common(omittedAccount),
    channels: all,
    agents: { list: agents.map(({ id: agentId }) => ({ id: agentId })) },
    bindings: [...explicit, ...routes, ...whole],
  }
}

function read(value: object): Config | readonly string[] {
  const result = parseConfig(JSON.stringify(value), { home: '/h', stateDir: '/s' })
  if (result.ok) return result.config
  return result.problems.filter(({ severity }) => severity === 'error').map(formatProblem)
}

const inputs: readonly RouteInput[] = channels.flatMap((of) =>
  [...names, 'other'].flatMap((accountId) =>
    (['dm', 'group'] as const).flatMap((peerKind) =>
      ['1', '3'].flatMap((peerId) =>
        [undefined, 'g'].map((guildId) => ({
          channel: of,
          accountId,
          peer: { kind: peerKind, id: peerId },
          ...(guildId === undefined ? {} : { guildId }),
        })),
      ),
    ),
  ),
)

it('a config whose agents declare accounts and routes routes as the same one written out', () => {
  let refused = 0
  let compared = 0
  fc.assert(
    fc.property(house, (given) => {
      const own = read(asDeclared(given))
      const out = read(asWrittenOut(given))
      if (Array.isArray(out)) throw new Error(out.join('\n'))
      if (Array.isArray(own)) {
        refused += 1
        for (const problem of own) expect(problem).toContain('gives the agent')
        return
      }
      compared += 1
      const [ownConfig, outConfig] = [own as Config, out as Config]
      expect(ownConfig.channels).toEqual(outConfig.channels)
      const ownRouter = compileRouter(routingOf(ownConfig))
      const outRouter = compileRouter(routingOf(outConfig))
      for (const input of inputs) {
        const { binding: _, ...answer } = ownRouter.resolve(input)
        const { binding: __, ...expected } = outRouter.resolve(input)
        expect(answer).toEqual(expected)
      }
    }),
    { numRuns: 1_000 },
  )
  expect(refused).toBeGreaterThan(50)
  expect(compared).toBeGreaterThan(300)
})
