import { describe, expect, it } from 'vitest'
import { dependencyViolations } from './dependency-rule.ts'
import { readWorkspace, type Manifest, type WorkspacePackage } from './workspace.ts'

describe('the dependency rule', () => {
  it('holds in this repository', () => {
    const packages = readWorkspace()
    expect(packages.length).toBeGreaterThan(3)
    expect(packages.flatMap(({ sources }) => sources.flatMap(({ imports }) => imports))).toContain(
      '@junctor/errors',
    )
    expect(dependencyViolations(packages)).toEqual([])
  })

  it.each([
    ['packages/router', '@junctor/session-key'],
    ['packages/gateway', '@junctor/runtime'],
    ['packages/channel-telegram', '@junctor/channel'],
    ['packages/testkit', '@junctor/store'],
    ['apps/gateway', '@junctor/channel-telegram'],
  ])('lets %s import %s', (folder, name) => {
    expect(
      violations(folder, { dependencies: { [name]: 'workspace:*' }, imports: [name] }),
    ).toEqual([])
  })

  it.each([
    ['packages/channel', '@junctor/gateway', 'higher layer'],
    ['packages/session-key', '@junctor/router', 'same layer'],
    ['packages/models', '@junctor/runtime', 'same layer'],
    ['packages/channel-telegram', '@junctor/router', 'only the channel contract'],
    ['packages/gateway', '@junctor/testkit', 'for tests only'],
    ['packages/api', '@junctor/gateway', 'same layer'],
    ['packages/api', 'junctor', 'higher layer'],
  ])('refuses that %s depends on %s', (folder, name, reason) => {
    const found = violations(folder, { dependencies: { [name]: 'workspace:*' }, imports: [name] })
    expect(found).toEqual([
      expect.stringMatching(new RegExp(`^${folder}/package.json: .*${reason}`)),
      expect.stringMatching(new RegExp(`^${folder}/src/index.ts: .*${reason}`)),
    ])
  })

  it.each([
    ['../../store/src/index.ts', 'leaves the package'],
    ['../test/fixture.ts', 'not shipped'],
    ['./index.test.ts', 'a test'],
    ['fs', 'without the node: prefix'],
    ['node:fs', 'runs without Node'],
    ['vitest', 'development dependency'],
    ['zod', 'not declared'],
    ['/etc/module.js', 'absolute path'],
  ])('refuses that the router imports %s', (specifier, reason) => {
    const found = violations('packages/router', {
      devDependencies: { vitest: 'catalog:' },
      imports: [specifier],
    })
    expect(found).toEqual([expect.stringContaining(reason)])
  })

  it('lets tests install a peer that users may leave out, and no other twice', () => {
    const both = { peerDependencies: { sdk: '1.0.0' }, devDependencies: { sdk: '1.0.0' } }
    const optional = { ...both, peerDependenciesMeta: { sdk: { optional: true } } }
    expect(violations('packages/channel-telegram', { ...optional, imports: ['sdk'] })).toEqual([])
    expect(violations('packages/channel-telegram', { ...both, imports: ['sdk'] })).toEqual([
      expect.stringContaining('sdk is declared twice'),
    ])
  })

  it('keeps I/O in the file entry point of the configuration', () => {
    const ofConfig = (path: string, ...imports: readonly string[]): readonly string[] =>
      violations('packages/config', { path, imports })
    expect(ofConfig('src/files/load.ts', 'node:fs', '../parse.ts')).toEqual([])
    expect(ofConfig('src/file.ts', './files/load.ts')).toEqual([])
    expect(ofConfig('src/parse.ts', './files/load.ts')).toEqual([
      'packages/config/src/parse.ts: imports ./files/load.ts, which does I/O',
    ])
  })

  it('lets tests use development dependencies and Node', () => {
    const found = violations('packages/router', {
      devDependencies: { vitest: 'catalog:' },
      path: 'src/router.test.ts',
      imports: ['vitest', 'node:fs', 'node:sqlite', '@junctor/router', '../test/fixture.ts'],
    })
    expect(found).toEqual([])
  })

  it('refuses a third-party package in the pure core', () => {
    const found = violations('packages/router', { dependencies: { lodash: '1.0.0' } })
    expect(found).toEqual([expect.stringContaining('stays small')])
  })

  it('refuses a published version of a package of the workspace', () => {
    const found = violations('packages/gateway', { dependencies: { '@junctor/router': '0.1.0' } })
    expect(found).toEqual([expect.stringContaining('must be a workspace dependency')])
  })

  it('refuses a package that no layer names', () => {
    const found = violations('packages/utils', {
      dependencies: { '@junctor/errors': 'workspace:*' },
    })
    expect(found).toEqual([expect.stringContaining('has no layer')])
  })
})

interface Planted extends Pick<Manifest, 'dependencies' | 'devDependencies'> {
  readonly path?: string
  readonly imports?: readonly string[]
}

const folders = [
  'packages/errors',
  'packages/session-key',
  'packages/router',
  'packages/channel',
  'packages/store',
  'packages/testkit',
  'packages/runtime',
  'packages/channel-telegram',
  'packages/gateway',
  'apps/gateway',
]

/** The violations of a small workspace in which one package declares and imports what is planted. */
function violations(folder: string, planted: Planted): readonly string[] {
  const { path = 'src/index.ts', imports = [], ...manifest } = planted
  const others = folders.filter((other) => other !== folder).map((other) => fixture(other, {}, []))
  return dependencyViolations([...others, fixture(folder, manifest, [{ path, imports }])])
}

function fixture(
  folder: string,
  manifest: Partial<Manifest>,
  sources: WorkspacePackage['sources'],
): WorkspacePackage {
  const name = folder === 'apps/gateway' ? 'junctor' : folder.replace('packages/', '@junctor/')
  return { folder, manifest: { name, version: '0.1.0', ...manifest }, sources }
}
