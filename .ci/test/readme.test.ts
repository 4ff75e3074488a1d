import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { runChild } from './child.ts'
import { compileAs } from './compile.ts'
import { examplesOf, readReadmes, type Readme } from './readmes.ts'
import { publishedPackages, root } from './workspace.ts'

const longestReadmeLines = 100
/** `strict` is what a reader has; the further flags of this repository are our own affair. */
const strictOnly = {
  noUnusedLocals: false,
  noUnusedParameters: false,
  noUncheckedIndexedAccess: false,
  noPropertyAccessFromIndexSignature: false,
}
const readmes = readReadmes()
const examples = readmes.flatMap(examplesOf)
const published = new Set(publishedPackages().map(({ folder }) => `${folder}/README.md`))

describe('the READMEs', () => {
  it('are there for the repository and for every package', () => {
    const found = readmes.map(({ path }) => path)
    expect(found).toEqual(expect.arrayContaining(['README.md', ...published]))
  })

  it('compile in every example, as in a strict project', () => {
    const files = examples
      .filter(({ runs }) => runs)
      .map(({ name, folder, code }): [string, string] => {
        const file = `${name.replaceAll(/[^\w]/g, '-')}.ts`
        return [join(root, folder, file), `${code}\nexport {}\n`]
      })
    expect(compileAs(new Map(files), strictOnly)).toEqual([])
  }, 120_000)

  it('are free of syntax errors in examples that cannot run here', () => {
    for (const { name, code } of examples.filter(({ runs }) => !runs)) {
      expect(ts.transpileModule(code, { reportDiagnostics: true }).diagnostics, name).toEqual([])
    }
  })
})

describe.each(readmes)('$path', (readme) => {
  it('is short, and says how to install the package and what it does', () => {
    const lines = readme.text.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(longestReadmeLines)
    expect(lines[0]).toMatch(/^# \S/)
    if (published.has(readme.path)) expect(readme.text).toMatch(/npm install|npx|npm start/)
  })

  it('links to what exists', () => {
    expect(brokenLinks(readme)).toEqual([])
  })
})

describe('the example in', () => {
  it.each(examples.filter(({ runs }) => runs))('$name runs', async ({ folder, code }) => {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '-']
    const cwd = join(root, folder)
    const result = await runChild(process.execPath, args, { cwd, input: code, timeoutMs: 25_000 })
    expect(result.code, result.output).toBe(0)
  })
})

describe('the check of examples', () => {
  const readme: Readme = {
    path: 'packages/router/README.md',
    folder: 'packages/router',
    text: '# Fixture\n```ts\nconst count: number = 1\n```\n```js\nnone\n```\n```ts no-run\nexport const name: number = "x"\n```\n',
  }

  it('finds TypeScript blocks and knows which of them run', () => {
    expect(examplesOf(readme)).toMatchObject([
      { name: 'packages/router/README.md:2', code: 'const count: number = 1', runs: true },
      { name: 'packages/router/README.md:8', runs: false },
    ])
  })

  it('sees a mistake in an example', () => {
    const [, wrong] = examplesOf(readme)
    const file = join(root, 'packages/router/fixture.ts')
    expect(compileAs(new Map([[file, wrong?.code ?? '']]))).toEqual([
      "packages/router/fixture.ts:1: Type 'string' is not assignable to type 'number'.",
    ])
  }, 60_000)
})

function brokenLinks({ path, text }: Readme): readonly string[] {
  const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target = '']) => target)
  return targets.filter((target) => {
    if (/^[a-z]+:/i.test(target)) return false
    const place = join(root, dirname(path), target)
    return !place.startsWith(root) || !existsSync(place)
  })
}
