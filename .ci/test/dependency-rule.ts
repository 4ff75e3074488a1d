import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import type { SourceFile, WorkspacePackage } from './workspace.ts'

/** Layers, lowest first. A package imports from lower layers only. */
const layers: readonly (readonly string[])[] = [
  ['errors'],
  ['session-key', 'router', 'tool-policy', 'config'],
  ['channel', 'store', 'agent', 'testkit', 'isolation'],
  [
    'runtime',
    'models',
    'credentials',
    'tools',
    'skills',
    'sandbox',
    'isolated-channel',
    'isolated-agent',
    'mcp',
    'node',
    'memory',
    'store-sqlite',
    'store-postgres',
    'channel-*',
  ],
  ['gateway', 'api', 'orchestrator', 'client'],
  ['apps/*'],
  ['examples/*'],
]

/** The imports inside one layer that are allowed. */
const inLayer: Readonly<Record<string, readonly string[]>> = {
  router: ['session-key'],
  skills: ['runtime'],
  testkit: ['channel', 'store', 'agent'],
  'isolated-agent': ['runtime'],
}

const pureCore = new Set(['errors', 'session-key', 'router', 'tool-policy', 'config'])
const pureCoreDependencies = new Set(['zod', 'json5'])
/** The part of the pure core that does I/O: an entry point of its own and what only it imports. */
const ioPart = /^packages\/config\/src\/(file\.ts$|files\/)/
const bareBuiltins = new Set(builtinModules.filter((name) => !name.startsWith('node:')))

/** Every breach of the one dependency rule, as sentences that name the file or the manifest to change. */
export function dependencyViolations(packages: readonly WorkspacePackage[]): readonly string[] {
  const folders = new Map(packages.map(({ manifest, folder }) => [manifest.name, folder]))
  return packages.flatMap((one) => [
    ...manifestViolations(one, folders),
    ...one.sources.flatMap((source) => sourceViolations(one, source, folders)),
  ])
}

function manifestViolations(
  { folder, manifest }: WorkspacePackage,
  folders: ReadonlyMap<string, string>,
): readonly string[] {
  const where = `${folder}/package.json`
  const production = { ...manifest.dependencies, ...manifest.peerDependencies }
  const found: string[] = []
  for (const name of Object.keys(production)) {
    const target = folders.get(name)
    const problem =
      target === undefined ? outsideProblem(folder, name) : layerProblem(folder, target)
    if (problem !== undefined) found.push(`${where}: depends on ${name}, ${problem}`)
  }
  for (const [name, range] of Object.entries({ ...production, ...manifest.devDependencies })) {
    if (isOurs(name, folders) && !range.startsWith('workspace:')) {
      found.push(`${where}: ${name} must be a workspace dependency, not ${range}`)
    }
    const isOptional = manifest.peerDependenciesMeta?.[name]?.optional === true
    if (
      manifest.devDependencies?.[name] !== undefined &&
      production[name] !== undefined &&
      !isOptional
    ) {
      found.push(`${where}: ${name} is declared twice`)
    }
  }
  return found
}

function sourceViolations(
  { folder, manifest }: WorkspacePackage,
  source: SourceFile,
  folders: ReadonlyMap<string, string>,
): readonly string[] {
  const where = `${folder}/${source.path}`
  const ships = isShipped(source.path)
  const production = { ...manifest.dependencies, ...manifest.peerDependencies }
  const declared = ships ? production : { ...production, ...manifest.devDependencies }
  const found: string[] = []
  for (const specifier of source.imports) {
    const problem = specifierProblem(specifier)
    if (problem !== undefined) found.push(`${where}: imports ${specifier}, ${problem}`)
  }
  return found

  function specifierProblem(specifier: string): string | undefined {
    if (specifier.startsWith('.')) {
      const target = posix.join(folder, posix.dirname(source.path), specifier)
      if (!target.startsWith(`${folder}/`)) return 'a relative path that leaves the package'
      if (target === `${folder}/package.json`) return undefined
      if (ships && !target.startsWith(`${folder}/src/`)) return 'which is not shipped with src'
      if (ships && ioPart.test(target) && !ioPart.test(where)) return 'which does I/O'
      return ships && target.endsWith('.test.ts') ? 'a test' : undefined
    }
    if (specifier.startsWith('/') || specifier.startsWith('file:')) return 'an absolute path'
    if (bareBuiltins.has(specifier)) return 'a Node module without the node: prefix'
    if (specifier.startsWith('node:')) {
      const pure = pureCore.has(shortName(folder)) && ships && !ioPart.test(where)
      return pure ? 'but the pure core runs without Node' : undefined
    }
    const name = packageName(specifier)
    if (name === manifest.name) return ships ? 'which is the package itself' : undefined
    if (declared[name] === undefined) {
      const wrongKind = ships && manifest.devDependencies?.[name] !== undefined
      return wrongKind ? 'a development dependency, from shipped code' : 'which is not declared'
    }
    const target = folders.get(name)
    return ships && target !== undefined ? layerProblem(folder, target) : undefined
  }
}

/** Code of the published package: not tests, their fixtures, benchmarks or tool settings. */
function isShipped(path: string): boolean {
  return path.startsWith('src/') && !/\.(test|test-d|bench)\.ts$/.test(path)
}

function layerProblem(from: string, to: string): string | undefined {
  const [source, target] = [shortName(from), shortName(to)]
  if (source.startsWith('channel-') && target !== 'channel' && target !== 'errors') {
    return 'but a channel knows only the channel contract, the errors and its SDK'
  }
  if (target === 'testkit' && !from.startsWith('examples/')) return 'which is for tests only'
  const [sourceLayer, targetLayer] = [layerOf(source), layerOf(target)]
  if (sourceLayer === -1) return `but ${from} has no layer: name it in .ci/test/dependency-rule.ts`
  if (targetLayer === -1) return `but ${to} has no layer: name it in .ci/test/dependency-rule.ts`
  if (targetLayer < sourceLayer) return undefined
  if (targetLayer > sourceLayer) return 'which lies in a higher layer'
  return inLayer[source]?.includes(target) ? undefined : 'which lies in the same layer'
}

function outsideProblem(folder: string, name: string): string | undefined {
  if (name.startsWith('@junctor/')) return 'which is not in the workspace'
  const pure = pureCore.has(shortName(folder))
  return pure && !pureCoreDependencies.has(name) ? 'but the pure core stays small' : undefined
}

function layerOf(short: string): number {
  return layers.findIndex((names) =>
    names.some(
      (name) => name === short || (name.endsWith('*') && short.startsWith(name.slice(0, -1))),
    ),
  )
}

/** `router` for packages/router; apps and examples keep their first folder. */
function shortName(folder: string): string {
  return folder.startsWith('packages/') ? folder.slice('packages/'.length) : folder
}

function packageName(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

function isOurs(name: string, folders: ReadonlyMap<string, string>): boolean {
  return name.startsWith('@junctor/') || folders.has(name)
}
