import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileAs } from './compile.ts'
import { root } from './workspace.ts'

const sources = globSync('packages/{errors,session-key,router,tool-policy,config}/src/**/*.ts', {
  cwd: root,
}).filter(
  (path) => !/\.test\.ts$|test-d\.ts$|packages\/config\/src\/(file\.ts$|files\/)/.test(path),
)

// What Node, Bun, Deno and edge runtimes have in common: the language, and globals as they are needed.
const globals = new Map([
  [
    join(root, 'packages/any-runtime.d.ts'),
    `interface URL { readonly href: string; readonly protocol: string; readonly host: string;
       readonly hostname: string; readonly port: string; readonly pathname: string; readonly search: string;
       readonly username: string; readonly password: string }
     declare const URL: { new (url: string, base?: string): URL; canParse(url: string): boolean }`,
  ],
])
const anyRuntime = { types: [], lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'] }

describe('the pure core', () => {
  it('compiles without the types of Node or of a browser', () => {
    expect(sources.length).toBeGreaterThan(3)
    const files = sources.map((path): [string, string] => {
      const file = join(root, path)
      return [file, readFileSync(file, 'utf8')]
    })
    expect(compileAs(new Map([...globals, ...files]), anyRuntime)).toEqual([])
  }, 120_000)

  it('would not compile with a global of Node', () => {
    const file = join(root, 'packages/router/src/planted.ts')
    const found = compileAs(new Map([[file, 'export const home = process.env.HOME\n']]), anyRuntime)
    expect(found).toEqual([expect.stringContaining("'process'")])
  }, 60_000)
})
