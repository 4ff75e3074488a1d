import { readFileSync, realpathSync } from 'node:fs'
import { createRequire, findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ChannelPackageError } from './errors.ts'

export interface FoundPackage {
  /** `file:` URL of the module to import. */
  readonly entry: string
  /** Absolute folders of the package and of everything it depends on: all that its code needs to read. */
  readonly folders: readonly string[]
}

/**
 * Finds an installed package from the first of these folders that has it, the way Node does. Throws `PACKAGE_NOT_FOUND`, and
 * `NOT_A_CHANNEL` for a package without a main module.
 */
export function findPackage(name: string, from: readonly string[]): FoundPackage {
  for (const folder of from) {
    const found = findFolder(name, folder)
    if (found !== undefined) return { entry: entryOf(name, folder), folders: closureOf(found) }
  }
  throw new ChannelPackageError(
    'PACKAGE_NOT_FOUND',
    `The package "${name}" is not installed in ${[...new Set(from)].join(' or ')}. Run \`npm install --prefix ${from[0] ?? '.'} ${name}\`.`,
  )
}

function entryOf(name: string, folder: string): string {
  try {
    const path = createRequire(join(folder, 'from-here.js')).resolve(name)
    return pathToFileURL(realpathSync(path)).href
  } catch (cause) {
    throw new ChannelPackageError(
      'NOT_A_CHANNEL',
      `The package "${name}" has no main module: its "exports" need "." with a "default".`,
      { cause },
    )
  }
}

/** The real folder of an installed package as seen from another folder. */
function findFolder(name: string, from: string): string | undefined {
  try {
    const manifest = findPackageJSON(name, pathToFileURL(join(from, 'from-here.js')))
    return manifest === undefined ? undefined : dirname(realpathSync(manifest))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')
      return undefined
    throw error
  }
}

/** The real folders of a package and of everything it depends on. */
export function closureOf(root: string): readonly string[] {
  const seen = new Set<string>()
  const waiting = [root]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (seen.has(folder)) continue
    seen.add(folder)
    for (const name of dependenciesOf(folder)) {
      // An optional one that is not there is none.
      const dependency = findFolder(name, folder)
      if (dependency !== undefined) waiting.push(dependency)
    }
  }
  return [...seen]
}

function dependenciesOf(folder: string): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null) return []
  const { dependencies, optionalDependencies, peerDependencies } = manifest as {
    readonly [key: string]: unknown
  }
  return [dependencies, optionalDependencies, peerDependencies].flatMap((group) =>
    typeof group === 'object' && group !== null ? Object.keys(group) : [],
  )
}
