import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { formatDifference } from './flavour/differences.ts'
import { put } from './json5/tree.ts'
import { formatChange } from './lift/change.ts'
import { normalise } from './normalise.ts'
import { parseJson5 } from './json5/parse-json5.ts'
import { readComments } from './print/comments.ts'
import { printJson5 } from './print/print-json5.ts'
import { formatProblem } from './problem.ts'
import { createReport } from './report.ts'
import { createSources } from './sources.ts'

const folder = new URL('../test/fixtures/', import.meta.url)
const names = (await readdir(folder)).filter((name) => /\.json5?$/.test(name))

/** The canonical shape of a fixture, and below it what was read as what. */
async function canonicalOf(name: string): Promise<string> {
  const text = await readFile(new URL(name, folder), 'utf8')
  const parsed = parseJson5(text)
  if (!parsed.ok || parsed.node === undefined) throw new Error(`${name} is no JSON5`)
  const sources = createSources(text, undefined)
  const report = createReport(sources)
  const flavour = name.startsWith('openclaw') || /^(?:opensoul|clawdia)/.test(name)
  const normalised = normalise(parsed.node, {
    // Whose the shape of a list is, only the name of its file says.
    file: flavour ? `${name.split('-')[0]}.json` : name,
    flavour: undefined,
    env: {},
    report,
    sources,
  })
  if (normalised?.node === undefined) throw new Error(`${name} has no tree`)
  const commentedOut = normalised.leftOut()
  const tree = commentedOut.reduce(
    (root, { path, node, keyStart }) => put(root, path, node, keyStart),
    normalised.node,
  )
  const printed = printJson5(tree, {
    sources,
    comments: readComments(text, parsed.node, tree),
    commentedOut: new Set(commentedOut.map(({ node }) => node)),
  })
  const lines = [
    `whose: ${normalised.flavour}`,
    ...normalised.changes.map((change) => `read:  ${formatChange(change)}`),
    ...normalised.differences.map((difference) => `other: ${formatDifference(difference)}`),
    ...report.problems().map((problem) => `told:  ${formatProblem(problem)}`),
  ]
  return `${printed}\n${lines.map((line) => `// ${line}\n`).join('')}`
}

describe('every shape has one canonical form', () => {
  test.each(names)('%s', async (name) => {
    const golden = new URL(`golden/${name.replace(/\.json5?$/, '')}.txt`, folder)
    await expect(await canonicalOf(name)).toMatchFileSnapshot(golden.pathname)
  })

  test('which nothing is left to read in otherwise', async () => {
    for (const name of names) {
      const text = await canonicalOf(name)
      const sources = createSources(text, undefined)
      const parsed = parseJson5(text)
      const report = createReport(sources)
      const options = { file: undefined, flavour: 'junctor', env: {}, report, sources } as const
      const again = parsed.ok ? normalise(parsed.node, options) : undefined
      expect({ name, changes: again?.changes }).toEqual({ name, changes: [] })
    }
  })
})
