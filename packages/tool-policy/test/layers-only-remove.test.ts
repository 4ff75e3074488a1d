import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileToolPolicy, type ToolLayer } from '@junctor/tool-policy'

const tools = ['exec', 'read', 'write', 'browser', 'sessions_list', '__proto__', 'constructor']
const entry = fc.constantFrom(...tools, 'bash', 'group:fs', 'group:all', 's*', '*', '*e*')
const entries = fc.array(entry, { maxLength: 3 })
const profile = fc.constantFrom('minimal' as const, 'coding' as const, 'full' as const)
const anyLayer: fc.Arbitrary<ToolLayer> = fc
  .record({ allow: entries, alsoAllow: entries, deny: entries, profile: fc.option(profile) })
  .map(({ profile: name, ...lists }) => ({ name: 'l', ...lists, ...(name && { profile: name }) }))

test('adding a layer never allows a tool that was refused', () => {
  fc.assert(
    fc.property(fc.array(anyLayer), anyLayer, fc.nat(), (layers, extra, place) => {
      const more = layers.toSpliced(place % (layers.length + 1), 0, extra)
      const before = compileToolPolicy(layers)
      const after = compileToolPolicy(more)
      for (const tool of tools) {
        expect(after.check(tool).allowed && !before.check(tool).allowed).toBe(false)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('a policy allows exactly what each of its layers allows alone', () => {
  fc.assert(
    fc.property(fc.array(anyLayer, { maxLength: 4 }), (layers) => {
      const together = compileToolPolicy(layers)
      for (const tool of tools) {
        const each = layers.every((layer) => compileToolPolicy([layer]).check(tool).allowed)
        expect(together.check(tool).allowed).toBe(each)
      }
    }),
    { numRuns: 2_000 },
  )
})

test('every refusal names its layer and rule, and so does every layer that speaks for a tool', () => {
  fc.assert(
    fc.property(fc.array(anyLayer), (layers) => {
      const policy = compileToolPolicy(layers)
      const isRestricted = layers.some(({ allow = [], profile: name }) => allow.length > 0 || name)
      for (const tool of tools) {
        const { allowed, layer, rule } = policy.check(tool)
        expect(layer !== undefined && rule !== undefined).toBe(!allowed || isRestricted)
      }
    }),
    { numRuns: 2_000 },
  )
})
