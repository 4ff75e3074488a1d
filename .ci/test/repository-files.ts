import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './workspace.ts'

export interface TextFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

const generated = new Set(['node_modules', 'dist', 'coverage', '.git'])

/** Every text file of the repository that is not generated. */
export function readRepository(folder = ''): readonly TextFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (generated.has(entry.name) || entry.name.endsWith('.log')) return []
    if (entry.isDirectory()) return readRepository(path)
    const bytes = readFileSync(join(root, path))
    return bytes.includes(0) ? [] : [{ path, text: bytes.toString('utf8') }]
  })
}

interface Rule {
  readonly pattern: RegExp
  readonly problem: string
  readonly applies?: (path: string) => boolean
}

const rules: readonly Rule[] = [
  {
    pattern: /\b(TODO|FIXME|HACK)\b/,
    problem: 'an unfinished note: finish it or open an issue',
    applies: (path) => path !== 'pnpm-lock.yaml',
  },
  {
    pattern: /(^|[\s'"`(=:])\/(work|root|Users)\/[\w.]/m,
    problem: 'a path of one machine',
  },
  {
    pattern: /registry\.(npmjs|yarnpkg)|npmmirror|artifactory/,
    problem: 'the host name of a registry: npm knows its own',
  },
  {
    pattern: /^\s*tarball: |resolution: \{.*tarball:/m,
    problem: 'a package that is not from the configured registry',
    applies: (path) => path === 'pnpm-lock.yaml',
  },
  {
    pattern: /(^|\n)(<{7}|>{7}|={7})( |\r?\n)/,
    problem: 'a conflict marker',
  },
  {
    pattern: /(\/\/|\*) .*(\bR\d{1,3}\b|\(#\d+\))|\b(spec|shared)\/[\w-]+\.md/,
    problem: 'a reference to a document or a list outside the repository',
    applies: (path) => /\.(ts|mjs|md)$/.test(path),
  },
  {
    pattern: /@ts-(ignore|nocheck)|eslint-disable|oxlint-disable/,
    problem: 'a switched-off check',
    applies: (path) => /\.(ts|mjs)$/.test(path),
  },
  {
    pattern: /\b(describe|it|test)\.only\(/,
    problem: 'a test that hides the others',
    applies: (path) => path.endsWith('.test.ts'),
  },
  {
    pattern: /throw new Error\(/,
    problem: 'an error without a code: throw the class of the package',
    applies: (path) =>
      /^(packages|apps)\/[^/]+\/src\//.test(path) && !/\.test\.ts$|testkit/.test(path),
  },
]

/** What does not belong into the repository, as `path: problem`. The rules themselves and their test are left out. */
export function strangeContent(files: readonly TextFile[]): readonly string[] {
  const judged = files.filter(({ path }) => !path.startsWith('.ci/test/repository'))
  return judged.flatMap(({ path, text }) =>
    rules
      .filter(({ pattern, applies = () => true }) => applies(path) && pattern.test(text))
      .map(({ pattern, problem }) => {
        const line = text.slice(0, text.search(pattern) + 1).split('\n').length
        return `${path}:${line}: ${problem}`
      }),
  )
}
