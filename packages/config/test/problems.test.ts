import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

test('every code of a problem is in the documentation', async () => {
  const textOf = (path: string): Promise<string> =>
    readFile(new URL(`../${path}`, import.meta.url), 'utf8')
  const codesIn = (text: string, pattern: RegExp): ReadonlySet<string | undefined> =>
    new Set([...text.matchAll(pattern)].map(([, code]) => code))
  const declared = codesIn(await textOf('src/problem.ts'), /^ {2}\| '([A-Z_]+)'$/gm)
  expect(declared).toContain('SHADOWED_BINDING')
  expect(codesIn(await textOf('docs/problems.md'), /^\| `([A-Z_]+)`/gm)).toEqual(declared)
})
