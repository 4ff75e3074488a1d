import { readdir, readFile } from 'node:fs/promises'
import * as fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, test } from 'vitest'
import {
  flavourNames,
  formatProblem,
  migrateConfig,
  parseConfig,
  type ParsedConfig,
} from '@junctor/config'
import { badConfigs } from './bad-configs.ts'
import { fullConfig } from './full-config.ts'

const folder = new URL('fixtures/', import.meta.url)
const foreign = (await readdir(folder)).filter((name) => /\.json5?$/.test(name))
const fixtures = await Promise.all(foreign.map((name) => readFile(new URL(name, folder), 'utf8')))
const seeds = [fullConfig, ...fixtures, ...badConfigs.map(({ text }) => text)]

const options = {
  home: '/home/ada',
  stateDir: '/state',
  env: {
    BOT: 'one',
    HOST: 'h1',
    CLUB_BOT: '1',
    CLUB_DISCORD: '2',
    THESIS_BOT: '3',
    PRESS_BOT: '4',
  },
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

/** A value of one seed put in the place of another, under its key or a key that means something elsewhere. */
const rearranged = fc
  .tuple(
    fc.constantFrom(...fixtures, fullConfig).map((text): unknown => JSON5.parse(text)),
    fc.constantFrom(...fixtures, fullConfig).map((text): unknown => JSON5.parse(text)),
    fc.array(fc.nat(), { minLength: 3, maxLength: 9 }),
    fc.constantFrom(
      ...'id list entries agent identity routing defaultAgentId bindings match provider broadcast sandbox tools'.split(
        ' ',
      ),
      ...'model __proto__ constructor accounts groups $file $include dm exec deny perSession'.split(
        ' ',
      ),
    ),
  )
  .map(([target, source, steps, key]) => {
    const value = walk(source, steps)
    const place = walk(target, steps.toReversed())
    if (Array.isArray(place)) place.push(value)
    else if (typeof place === 'object' && place !== null)
      Object.defineProperty(place, key, { value, enumerable: true, configurable: true })
    return cutShort(target)
  })

/** Some value inside of a value. */
function walk(value: unknown, steps: readonly number[]): unknown {
  let at = value
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) break
    const inner: readonly unknown[] = Object.values(at)
    if (inner.length === 0) break
    at = inner[step % inner.length]
  }
  return at
}

/** A tree that was put into itself has no text. */
function cutShort(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '{}'
  }
}

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
  const wrong = result.problems.filter((problem) => {
    const { line, column, message } = problem
    // One past the end: where the text ends too early.
    const isInside = line >= 1 && column >= 1 && column <= (lineLengths[line - 1] ?? -1) + 1
    const isReadable = !/undefined|\[object|Invalid input|\n/.test(message)
    return !isInside || !isReadable || !formatProblem(problem).includes(message)
  })
  expect(wrong).toEqual([])
  expect(result.ok).toBe(!result.problems.some(({ severity }) => severity === 'error'))
}

const anyText = fc.oneof(mutated, mutated, rearranged, arbitraryTree, fc.string())
const anyFlavour = fc.option(fc.constantFrom(...flavourNames), { nil: undefined })

/** The machine may be busy with other things. */
const timeout = 300_000

describe('parseConfig on text that nobody wrote', { timeout }, () => {
  test('never throws, and places every problem inside the text', () => {
    fc.assert(
      fc.property(anyText, anyFlavour, (text, flavour) => {
        expectLocated(text, parseConfig(text, { ...options, ...(flavour && { flavour }) }))
      }),
      { numRuns: 10_000 },
    )
  })

  test('migrates what it accepts into a text that means the same', () => {
    fc.assert(
      fc.property(anyText, anyFlavour, (text, flavour) => {
        const own = { ...options, ...(flavour && { flavour }) }
        const before = parseConfig(text, own)
        const { text: migrated, problems } = migrateConfig(text, own)
        expect(problems).toEqual(before.problems)
        if (!before.ok || migrated === undefined) return
        const after = parseConfig(migrated, { ...options, flavour: 'junctor' })
        expect(after.problems.filter(({ severity }) => severity === 'error')).toEqual([])
        expect(after.ok && after.config).toEqual(before.config)
      }),
      { numRuns: 1_000 },
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
