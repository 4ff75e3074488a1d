import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { entryPoints, publishedPackages } from './workspace.ts'

const brand = Symbol.for('junctor.error')

describe('exported errors', () => {
  it.each(publishedPackages().flatMap(entryPoints))(
    '$specifier brands and names each',
    async ({ file }) => {
      const module = (await import(pathToFileURL(file).href)) as Record<string, unknown>
      expect(faultyErrors(module)).toEqual([])
    },
  )

  it('are told apart from unbranded ones', () => {
    class Bare extends Error {}
    class Nameless extends Error {}
    Object.defineProperty(Nameless.prototype, brand, { value: true })
    expect(faultyErrors({ Bare, Nameless, other: () => 1, text: 'x' })).toEqual([
      'Bare carries no brand: extend JunctorError',
      'Nameless is called Error: define its name on the prototype',
    ])
  })
})

function faultyErrors(module: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(module).flatMap(([name, value]) => {
    if (typeof value !== 'function' || !(value.prototype instanceof Error)) return []
    if (!(brand in value.prototype)) return [`${name} carries no brand: extend JunctorError`]
    if (value.prototype.name === name) return []
    return [`${name} is called ${value.prototype.name}: define its name on the prototype`]
  })
}
