import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root: string = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly description?: string
  readonly license?: string
  readonly type?: string
  readonly sideEffects?: boolean
  readonly files?: readonly string[]
  readonly bin?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly repository?: { readonly directory: string }
  readonly exports?: Exports
  readonly publishConfig?: { readonly exports?: Exports; readonly access?: string }
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

export type Exports = Readonly<
  Record<string, string | { readonly types: string; readonly default: string }>
>

export interface SourceFile {
  /** Relative to the package, with forward slashes. */
  readonly path: string
  /** Every module specifier: static, dynamic, re-exported, type-only. */
  readonly imports: readonly string[]
}

export interface WorkspacePackage {
  /** Relative to the repository, such as `packages/router`. */
  readonly folder: string
  readonly manifest: Manifest
  readonly sources: readonly SourceFile[]
}

/** The packages, apps and examples. */
export function readWorkspace(): readonly WorkspacePackage[] {
  return globSync('{packages,apps,examples}/*/package.json', { cwd: root })
    .map((path) => dirname(path).replaceAll('\\', '/'))
    .toSorted()
    .map((folder) => ({ folder, manifest: readManifest(folder), sources: readSources(folder) }))
}

/** Those of them that are published. */
export function publishedPackages(): readonly WorkspacePackage[] {
  return readWorkspace().filter(({ manifest }) => !manifest.private)
}

/** Entry points of a package: the name to import and the source file behind it. */
export function entryPoints({ manifest, folder }: WorkspacePackage): readonly EntryPoint[] {
  return Object.entries(manifest.exports ?? {})
    .map(([subpath, target]) => ({
      specifier: manifest.name + subpath.slice(1),
      file: join(root, folder, typeof target === 'string' ? target : target.default),
    }))
    .filter(({ file }) => file.endsWith('.ts') && existsSync(file))
}

export interface EntryPoint {
  readonly specifier: string
  readonly file: string
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest
}

function readSources(folder: string): readonly SourceFile[] {
  const cwd = join(root, folder)
  return globSync(['{src,test,bench}/**/*.{ts,mts,js,mjs}', '*.{ts,mts,mjs}'], { cwd }).map(
    (path) => ({
      path: path.replaceAll('\\', '/'),
      imports: ts
        .preProcessFile(readFileSync(join(cwd, path), 'utf8'), true, true)
        .importedFiles.map(({ fileName }) => fileName),
    }),
  )
}
