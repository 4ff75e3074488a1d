import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseSessionKey, sessionKey } from '@junctor/session-key'
import { compileRouter, type Binding, type RouterConfig, type Tier } from '@junctor/router'
import { anyConfig, anyFacts, anyInput } from './arbitrary-config.ts'
import { referenceRoute } from './reference.ts'

const oneMessage = fc.tuple(anyInput, anyFacts)
const manyMessages = fc.array(oneMessage, { minLength: 8, maxLength: 8 })
const tierCount = 11

test('resolve gives the answer of the rules read one after the other', () => {
  const reached = new Map<Tier, number>()
  let pairs = 0
  let standIns = 0
  fc.assert(
    fc.property(
      anyConfig,
      fc.array(oneMessage, { minLength: 50, maxLength: 50 }),
      (config, messages) => {
        const router = compileRouter(config)
        for (const [input, facts] of messages) {
          const answer = router.resolve(input, facts)
          const expected = referenceRoute(config, input, facts)
          // Cheap where they agree; the assertion shows where they differ.
          if (!isDeepStrictEqual(answer, expected)) expect(answer).toEqual(expected)
          reached.set(answer.tier, (reached.get(answer.tier) ?? 0) + 1)
          if (answer.insteadOf !== undefined) standIns += 1
          pairs += 1
        }
      },
    ),
    { numRuns: 2_000 },
  )
  expect(pairs).toBe(100_000)
  expect(reached.size).toBe(tierCount)
  expect(Math.min(...reached.values())).toBeGreaterThan(50)
  expect(standIns).toBeGreaterThan(1_000)
}, 120_000)

test('without facts, an answer is the one for agents that are all available', () => {
  fc.assert(
    fc.property(anyConfig, manyMessages, (config, messages) => {
      const router = compileRouter(config)
      for (const [input] of messages)
        expect(router.resolve(input)).toEqual(referenceRoute(config, input))
    }),
    { numRuns: 500 },
  )
})

test('explain never disagrees with resolve', () => {
  fc.assert(
    fc.property(anyConfig, manyMessages, (config, messages) => {
      const router = compileRouter(config)
      for (const [input, facts] of messages) {
        const { candidates, policies, availability, ...answer } = router.explain(input, facts)
        expect(answer).toEqual(router.resolve(input, facts))
        expect(availability !== undefined).toBe(
          answer.insteadOf !== undefined || answer.unavailable !== undefined,
        )

        const winners = candidates.filter(({ outcome }) => outcome === 'won')
        expect(winners.map(({ binding }) => binding)).toEqual(
          answer.binding === undefined ? [] : [answer.binding],
        )
        expect(winners.every(({ tier }) => tier === answer.tier)).toBe(true)
        const fits = candidates.some(({ matched }) => matched)
        const isUnbound = answer.tier === 'default' || answer.tier === 'policy'
        expect(fits && isUnbound).toBe(false)

        const fired = policies.filter(({ outcome }) => outcome === 'won')
        expect(fired.map(({ policy }) => policy)).toEqual(
          answer.policy === undefined ? [] : [answer.policy],
        )
        const couldFire = policies.some(({ outcome }) => outcome !== 'ruled-out')
        expect(couldFire && answer.tier === 'default').toBe(false)
        expect(policies).toHaveLength(config.policies?.length ?? 0)

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
      const config = { ...drawn, broadcast: { groups: {} }, policies: [] }
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
    fc.property(shuffled, manyMessages, ([config, weights], messages) => {
      const before = compileRouter(config)
      const after = compileRouter(reorderAcrossTiers(config, weights))
      for (const [input, facts] of messages) {
        const { binding: first, ...answer } = before.resolve(input, facts)
        const { binding: second, ...same } = after.resolve(input, facts)
        expect(same).toEqual(answer)
        expect(second?.id).toBe(first?.id)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('every session key that the router writes can be read back', () => {
  fc.assert(
    fc.property(anyConfig, oneMessage, (config, [input, facts]) => {
      const answer = compileRouter(config).resolve(input, facts)
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
