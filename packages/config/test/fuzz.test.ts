import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatProblem, parseConfig, type ParsedConfig } from '@junctor/config'
import { badConfigs } from './bad-configs.ts'
import { fullConfig } from './full-config.ts'

const seeds = [fullConfig, ...badConfigs.map(({ text }) => text)]

const options = {
  home: '/home/ada',
  stateDir: '/state',
  env: { BOT: 'one', HOST: 'h1' },
  readSecretFile: (path: string) => `from ${path}`,
}

/** A part of one seed cut out, doubled or replaced by text that means something to JSON5 or to the config. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 0, max: 12 }),
  put: fc.oneof(
    fc.constantFrom(
      ...'{ } [ ] , : " \' \\ / // /* */ null true 1e999 NaN -0 {} [] "" "*"'.split(' '),
    ),
    fc.constantFrom(
      '__proto__: 1,',
      'constructor',
      'id: "a",',
      '\n',
      '\u2028',
      '\uD800',
      '${X}',
      '',
    ),
    fc.string({ maxLength: 4 }),
  ),
})

const mutated = fc
  .tuple(fc.constantFrom(...seeds), fc.array(mutation, { minLength: 1, maxLength: 5 }))
  .map(([seed, mutations]) =>
    mutations.reduce((text, { at, length, put }) => {
      const start = Math.floor(at * text.length)
      return text.slice(0, start) + put + text.slice(start + length)
    }, seed),
  )

/** Any value under any real key. */
const arbitraryTree = fc
  .jsonValue({ maxDepth: 3 })
  .chain((value) =>
    fc
      .constantFrom('gateway', 'agents', 'bindings', 'broadcast', 'session', 'channels', 'models')
      .map((key) => JSON.stringify({ [key]: value })),
  )

function expectLocated(text: string, result: ParsedConfig): void {
  const lineLengths = text.split(/\r\n|[\n\r\u2028\u2029]/).map(({ length }) => length)
  for (const problem of result.problems) {
    expect(problem.line).toBeGreaterThanOrEqual(1)
    expect(problem.line).toBeLessThanOrEqual(lineLengths.length)
    expect(problem.column).toBeGreaterThanOrEqual(1)
    // One past the end: where the text ends too early.
    expect(problem.column).toBeLessThanOrEqual((lineLengths[problem.line - 1] ?? 0) + 1)
    expect(problem.message).not.toMatch(/undefined|\[object|Invalid input|\n/)
    expect(formatProblem(problem)).toContain(problem.message)
  }
  expect(result.ok).toBe(!result.problems.some(({ severity }) => severity === 'error'))
}

describe('parseConfig on text that nobody wrote', () => {
  test('never throws, and places every problem inside the text', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, mutated, arbitraryTree, fc.string()), (text) => {
        expectLocated(text, parseConfig(text, options))
      }),
      { numRuns: 4_000 },
    )
  })

  test('answers the same text with the same config or the same problems', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const { reading, ...result } = parseConfig(text, options)
        const { reading: again, ...second } = parseConfig(text, options)
        expect(second).toEqual(result)
        expect(again.changes).toEqual(reading.changes)
      }),
      { numRuns: 300 },
    )
  })
})
