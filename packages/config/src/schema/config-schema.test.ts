import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configJsonSchema, parseConfig, type JsonSchema, type Problem } from '@junctor/config'
import { badConfigs } from '../../test/bad-configs.ts'
import { fullConfig } from '../../test/full-config.ts'
import type { JsonValue } from '../config.ts'
import { parseJson5 } from '../json5/parse-json5.ts'
import { toValue } from '../json5/to-value.ts'
import { createReport } from '../report.ts'
import { createSources } from '../sources.ts'
import { configSchema } from './config-schema.ts'

const env = { BOT: 'one', HOST: 'h1' }
const readSecretFile = (path: string): string => `from ${path}`
const isValid = new Ajv({ strictTypes: false }).compile(configJsonSchema())

/** What the readers say of a value, before defaults and before anything is compared. */
function problemsOf(value: JsonValue): readonly Problem[] {
  const text = JSON.stringify(value)
  const report = createReport(createSources(text, undefined))
  const parsed = parseJson5(text)
  if (!parsed.ok || parsed.node === undefined) throw new Error(`${text} is not JSON5`)
  configSchema({ node: parsed.node, path: [] }, { ...report, secrets: { env, readSecretFile } })
  return report.problems()
}

/** What depends on the environment, on the syntax of addresses and patterns, or on two keys at once. */
function isBeyondSchema({ code, message }: Problem): boolean {
  return (
    code === 'MISSING_SECRET' ||
    code === 'DUPLICATE_ID' ||
    message === 'must be an http:// or https:// address' ||
    message.endsWith('is not a regular expression') ||
    message.startsWith('there is no time zone')
  )
}

function expectAgreement(value: JsonValue): void {
  const problems = problemsOf(value)
  const found = isValid(value)
  const about = JSON.stringify({ value, problems, errors: isValid.errors })
  if (problems.length === 0) expect(found, about).toBe(true)
  if (!problems.every(isBeyondSchema)) expect(found, about).toBe(false)
}

const seeds = [fullConfig, ...badConfigs.map(({ text }) => text)].flatMap((text) => {
  const parsed = parseJson5(text)
  return parsed.ok && parsed.node !== undefined ? [toValue(parsed.node)] : []
})

/** At the limits of what is taken, where a random change seldom falls. */
const edges: readonly JsonValue[] = [
  { gateway: { maxMessageBytes: 1_024, port: 65_535 } },
  { gateway: { maxMessageBytes: 1_023 } },
  { gateway: { maxMessageBytes: 1e17 } },
  { gateway: { port: 65_536 } },
  { agents: { list: [{ id: 'A-_9' }, { id: 'x'.repeat(64) }] } },
  { agents: { list: [{ id: 'x'.repeat(65) }] } },
  { agents: { list: [{ id: 'dEfAuLt' }] } },
  { agents: { list: [{ id: 'defaults-2' }] } },
  { agents: { list: [{ id: 'a', identity: 'You are Ada.' }] } },
  { agents: { list: [{ id: 'a', identity: ' ' }] } },
  { agents: { list: [{ id: 'a', identity: 1 }] } },
  { channels: { TELEGRAM: { token: 'a', allowFrom: ['1'] } } },
  { channels: { TELEGRAM: { token: 'a', botToken: 'b' } } },
  { channels: { telegram: { accounts: { '+1.a@b-c': {}, _: {} } } } },
  { channels: { telegram: { accounts: { '+': {} } } } },
  {
    agents: {
      list: [{ id: 'a', accounts: { Discord: { a: { token: 'x' } }, irc: { b: { n: 1 } } } }],
    },
  },
  { agents: { list: [{ id: 'a', accounts: { discord: { token: 'x' } } }] } },
  { agents: { list: [{ id: 'a', accounts: { discord: { token: { $file: 'x' } } } }] } },
  { agents: { list: [{ id: 'a', accounts: { irc: { b: { $file: 'x' } } } }] } },
  { agents: { list: [{ id: 'a', accounts: { irc: { b: 1 } } }] } },
  { agents: { list: [{ id: 'a', accounts: { ' ': { b: {} } } }] } },
  { agents: { list: [{ id: 'a', routes: [{ match: { channel: 'x' } }] }] } },
  { agents: { list: [{ id: 'a', routes: [{ agentId: 'b', match: { channel: 'x' } }] }] } },
  { channels: { web: { package: 'x' } } },
  { channels: { irc: { package: 'x', deep: [{ $file: 'a' }], $file: 'b' } } },
  { channels: { irc: { package: 'x', deep: [{ $file: 'a', more: 1 }] } } },
  { channels: { 'i c': { package: 'x' } } },
  { models: { providers: { ' ': {} } } },
  { routing: { policies: [{ when: {}, to: 'role:x' }] } },
  { routing: { policies: [{ when: {}, to: 'role: ' }] } },
  { routing: { policies: [{ when: {}, to: 'role' }] } },
  { routing: { policies: [{ when: { time: { from: '23:59', to: '24:00' } }, to: 'a' }] } },
  { routing: { policies: [{ when: { agentState: { A: 'busy' } }, to: 'a' }] } },
  { routing: { policies: [{ when: { agentState: { 'a b': 'busy' } }, to: 'a' }] } },
]

const words = ['', ' ', 'x', 'a b', 'Default', 'Work', 'dm', 'room', 'main', 'open', '${BOT}']
const addresses = ['http://127.0.0.1:1', 'HTTPS://a.example', 'ftp://a.example', 'https://${HOST}/']
const names = 'id default port token botToken package accounts telegram Web irc $schema $file'
const odd = ['__proto__', 'constructor', '', ' ', 'a b', 'Ünï', '-x', 'prot']

const anyName = fc.oneof(fc.constantFrom(...names.split(' '), ...odd), fc.string({ maxLength: 3 }))
const anyValue: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constantFrom<JsonValue>(
    ...words,
    ...addresses,
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    70_000,
    1e17,
  ),
  fc.constantFrom<JsonValue>([], {}, ['x'], [1], { id: 'x' }, { kind: 'dm', id: '1' }),
  fc.constantFrom<JsonValue>({ $file: 'a' }, { $file: '' }, { $file: 1 }, { $file: 'a', b: 1 }),
  fc.dictionary(anyName, fc.constantFrom<JsonValue>('x', 1, {})),
)

/** Something in one of the seeds replaced, removed or added. `steps` choose the way down. */
const mutation = fc.record({
  steps: fc.array(fc.nat(), { maxLength: 8 }),
  action: fc.constantFrom('replace', 'remove', 'add'),
  name: anyName,
  value: anyValue,
})
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

function mutate(value: JsonValue, { steps, action, name, value: put }: Mutation): JsonValue {
  if (typeof value !== 'object' || value === null) return put
  const entries: [string, JsonValue][] = Object.entries(value)
  const [step, ...rest] = steps
  const chosen = step === undefined ? undefined : entries[step % (entries.length + 1)]
  if (chosen === undefined) {
    if (action === 'replace') return put
    if (action === 'remove') entries.pop()
    else entries.push([name, put])
  } else chosen[1] = mutate(chosen[1], { steps: rest, action, name, value: put })
  if (Array.isArray(value)) return entries.map(([, element]) => element)
  const result = {}
  for (const [key, content] of entries)
    Object.defineProperty(result, key, { value: content, enumerable: true, configurable: true })
  return result
}

describe('the JSON Schema of the config', () => {
  test('takes the config that has every section', () => {
    const [full] = seeds
    expect(isValid(full), JSON.stringify(isValid.errors)).toBe(true)
    expect(isValid({ $schema: './schema.json' })).toBe(true)
    expect(parseConfig('{ $schema: "x" }', { home: '/', stateDir: '/' }).problems).toEqual([])
  })

  test.each([...seeds, ...edges].map((seed) => [JSON.stringify(seed), seed]))(
    'agrees about %s',
    (_, seed) => {
      expectAgreement(seed)
    },
  )

  test('agrees with the readers about anything that is changed in a config', () => {
    let refused = 0
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.constantFrom(...seeds.slice(0, 3)), mutations, (seed, changes) => {
        const value = changes.reduce(mutate, seed)
        expectAgreement(value)
        if (!isValid(value)) refused += 1
      }),
      { numRuns: 4_000 },
    )
    expect(refused).toBeGreaterThan(500)
    expect(refused).toBeLessThan(3_800)
  }, 180_000)

  test.each([
    ['{ bindings: { $include: "a" } }', '[]'],
    ['{ agents: { $include: ["a"], list: [] } }', '{ defaults: {} }'],
    ['{ agents: { list: [ { $include: "a", name: "A" } ] } }', '{ id: "a" }'],
    ['{ channels: { $include: "a", web: { accounts: { $include: "a" } } } }', '{}'],
    ['{ $include: "a" }', '{}'],
    ['{ bindings: { $include: "a", b: [] } }', undefined],
    ['{ gateway: { port: { $include: "a" } } }', undefined],
    ['{ agents: { $include: [] } }', undefined],
    ['{ agents: { $include: 1 } }', undefined],
  ])('knows where other files may be included: %s', (text, content) => {
    const parsed = parseConfig(text, {
      home: '/',
      stateDir: '/',
      readInclude: () => ({ text: content ?? '{}', file: '/a' }),
    })
    const value = parseJson5(text)
    if (!value.ok || value.node === undefined) throw new Error('This is not JSON5')
    expect([parsed.ok, isValid(toValue(value.node))]).toEqual([
      content !== undefined,
      content !== undefined,
    ])
  })

  test('describes every setting', () => {
    const bare = settingsOf(configJsonSchema()).filter(({ schema }) => !schema.description)
    expect(bare.map(({ path }) => path)).toEqual([])
  })

  test('shows the defaults that a file gets', () => {
    const parsed = parseConfig('{ broadcast: { groups: { g: ["main"] } } }', {
      home: '/',
      stateDir: '/',
    })
    if (!parsed.ok) throw new Error('The config was refused')
    const { agents, channels, ...rest } = parsed.config
    const account = channels['web']?.['default']
    const channel = { ...account, accounts: account }
    const resolved: unknown = {
      ...rest,
      agents: { list: agents.list[0], defaults: agents.list[0] },
      channels: {
        ...channel,
        web: channel,
        telegram: channel,
        discord: channel,
        slack: channel,
        whatsapp: channel,
      },
    }
    const shown = settingsOf(configJsonSchema()).filter(({ schema }) => 'default' in schema)
    expect(shown.length).toBeGreaterThan(15)
    for (const { path, schema } of shown)
      expect([path, at(resolved, path)]).toEqual([path, schema.default])
  })
})

interface Setting {
  readonly path: string
  readonly schema: JsonSchema
}

/** Every setting whose name we chose. Lists and records stand for what is in them. */
function settingsOf(schema: JsonSchema, path: string[] = []): readonly Setting[] {
  const { properties = {}, items, additionalProperties, anyOf = [] } = schema
  const named = Object.entries(properties).flatMap(([key, child]) => [
    { path: [...path, key].join('.'), schema: child },
    ...settingsOf(child, [...path, key]),
  ])
  const unnamed = [
    items,
    additionalProperties === false ? undefined : additionalProperties,
    ...anyOf,
  ]
  return [...named, ...unnamed.flatMap((child) => (child ? settingsOf(child, path) : []))]
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((node, key) => {
    const isThere = typeof node === 'object' && node !== null && key in node
    return isThere ? Object.entries(node).find(([name]) => name === key)?.[1] : undefined
  }, value)
}
