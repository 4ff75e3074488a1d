import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

async function importsOf(file: URL, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  const text = await readFile(file, 'utf8')
  for (const [, name = ''] of text.matchAll(/from '([^']+)'/g)) {
    const target = name.startsWith('.') ? new URL(name, file).href : name
    if (seen.has(target)) continue
    seen.add(target)
    if (name.startsWith('.')) await importsOf(new URL(target), seen)
  }
  return seen
}

test('the main entry point needs nothing but the language', async () => {
  const imports = await importsOf(new URL('../src/index.ts', import.meta.url))
  expect([...imports].filter((name) => !name.startsWith('file:'))).toEqual([])
  expect(imports.size).toBeGreaterThan(20)
})

test('the file entry point adds Node and the error class', async () => {
  const imports = await importsOf(new URL('../src/file.ts', import.meta.url))
  const packages = [...imports].filter((name) => !/^(?:file|node):/.test(name))
  expect(packages).toEqual(['@junctor/errors'])
})
