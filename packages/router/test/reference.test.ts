import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSessionKey, sessionKey } from '@junctor/session-key'
import { compileRouter, type Binding, type RouterConfig, type Tier } from '@junctor/router'
import { anyConfig, anyInput } from './arbitrary-config.ts'
import { referenceRoute } from './reference.ts'

const manyInputs = fc.array(anyInput, { minLength: 8, maxLength: 8 })
const tierCount = 10

test('resolve gives the answer of the rules read one after the other', () => {
  const reached = new Map<Tier, number>()
  let pairs = 0
  fc.assert(
    fc.property(anyConfig, manyInputs, (config, inputs) => {
      const router = compileRouter(config)
      for (const input of inputs) {
        const answer = router.resolve(input)
        expect(answer).toEqual(referenceRoute(config, input))
        reached.set(answer.tier, (reached.get(answer.tier) ?? 0) + 1)
        pairs += 1
      }
    }),
    { numRuns: 4_000 },
  )
  expect(pairs).toBeGreaterThan(20_000)
  expect(reached.size).toBe(tierCount)
  expect(Math.min(...reached.values())).toBeGreaterThan(50)
})

test('explain never disagrees with resolve', () => {
  fc.assert(
    fc.property(anyConfig, manyInputs, (config, inputs) => {
      const router = compileRouter(config)
      for (const input of inputs) {
        const { candidates, ...answer } = router.explain(input)
        expect(answer).toEqual(router.resolve(input))

        const winners = candidates.filter(({ outcome }) => outcome === 'won')
        expect(winners.map(({ binding }) => binding)).toEqual(
          answer.binding === undefined ? [] : [answer.binding],
        )
        expect(winners.every(({ tier }) => tier === answer.tier)).toBe(true)
        const fits = candidates.some(({ matched }) => matched)
        expect(fits).toBe(fits && answer.tier !== 'default')

        const ofChannel = config.bindings.filter(
          ({ match }) => match.channel.toLowerCase() === input.channel.toLowerCase(),
        )
        expect(candidates).toHaveLength(ofChannel.length)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('a binding that explain calls a loser wins when the bindings that beat it are gone', () => {
  fc.assert(
    fc.property(anyConfig, anyInput, (drawn, input) => {
      const config = { ...drawn, broadcast: { groups: {} } }
      let bindings = config.bindings
      const fitting = compileRouter(config)
        .explain(input)
        .candidates.filter(({ matched }) => matched)
      while (bindings.length > config.bindings.length - fitting.length) {
        const { binding } = compileRouter({ ...config, bindings }).resolve(input)
        expect(fitting.map((candidate) => candidate.binding.id)).toContain(binding?.id)
        bindings = bindings.filter(({ id }) => id !== binding?.id)
      }
      expect(compileRouter({ ...config, bindings }).resolve(input).tier).toBe('default')
    }),
    { numRuns: 500 },
  )
})

test('the order of bindings of different tiers never changes an answer', () => {
  const shuffled = anyConfig.chain((config) =>
    fc.tuple(
      fc.constant(config),
      fc.array(fc.nat(), { minLength: config.bindings.length, maxLength: config.bindings.length }),
    ),
  )
  fc.assert(
    fc.property(shuffled, manyInputs, ([config, weights], inputs) => {
      const before = compileRouter(config)
      const after = compileRouter(reorderAcrossTiers(config, weights))
      for (const input of inputs) {
        const { binding: first, ...answer } = before.resolve(input)
        const { binding: second, ...same } = after.resolve(input)
        expect(same).toEqual(answer)
        expect(second?.id).toBe(first?.id)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('every session key that the router writes can be read back', () => {
  fc.assert(
    fc.property(anyConfig, anyInput, (config, input) => {
      const answer = compileRouter(config).resolve(input)
      const parts = parseSessionKey(answer.sessionKey)
      expect(parts.agentId).toBe(answer.agentId)
      expect(sessionKey(parts)).toBe(answer.sessionKey)
    }),
    { numRuns: 1_000 },
  )
})

test('lint never reports a binding that some message reaches', () => {
  fc.assert(
    fc.property(
      anyConfig,
      fc.array(anyInput, { minLength: 40, maxLength: 40 }),
      (config, inputs) => {
        const router = compileRouter(config)
        const dead = new Set(router.lint().map(({ binding }) => binding.index))
        for (const input of inputs) {
          const { binding } = router.resolve(input)
          expect(binding === undefined || !dead.has(binding.index)).toBe(true)
        }
      },
    ),
    { numRuns: 500 },
  )
})

/** Shuffles, then puts the bindings of each tier back into their order among themselves. */
function reorderAcrossTiers(config: RouterConfig, weights: readonly number[]): RouterConfig {
  const places = config.bindings
    .map((binding, index) => ({ tier: shapeOf(binding), weight: weights[index] ?? 0 }))
    .sort((left, right) => left.weight - right.weight)
  const queues = new Map<string, Binding[]>()
  for (const binding of config.bindings) {
    const tier = shapeOf(binding)
    queues.set(tier, [...(queues.get(tier) ?? []), binding])
  }
  const bindings = places.flatMap(({ tier }) => queues.get(tier)?.shift() ?? [])
  return { ...config, bindings }
}

function shapeOf({ match }: Binding): string {
  if (match.peer !== undefined) return match.peer.id === '*' ? 'wildcard' : 'peer'
  if (match.guildId !== undefined) return (match.roles ?? []).length > 0 ? 'roles' : 'guild'
  return match.teamId === undefined ? 'account or channel' : 'team'
}
