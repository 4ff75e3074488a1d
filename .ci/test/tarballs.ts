import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runChild, type Outcome } from './child.ts'
import { publishedPackages, root, type WorkspacePackage } from './workspace.ts'

export interface Tarball {
  readonly source: WorkspacePackage
  readonly path: string
}

/** Builds every published package, as far as it can be built. */
export async function buildAll(): Promise<Outcome> {
  for (const { folder } of publishedPackages()) {
    rmSync(join(root, folder, 'dist'), { recursive: true, force: true })
  }
  const options = ['--no-bail', '--no-sort', '--workspace-concurrency=2']
  return await pnpm([...filters(), '-r', ...options, 'run', 'build'])
}

/** Packs every published package into `folder`, as a release would. */
export async function packAll(folder: string): Promise<readonly Tarball[]> {
  mkdirSync(folder, { recursive: true })
  const { code, output } = await pnpm([...filters(), '-r', 'pack', '--pack-destination', folder])
  if (code !== 0) throw new Error(output)
  return publishedPackages().map((source) => {
    const name = source.manifest.name.replace('@', '').replace('/', '-')
    return { source, path: join(folder, `${name}-${source.manifest.version}.tgz`) }
  })
}

/** The files of a tarball by their path in the package. */
export async function unpack(tarball: Tarball, folder: string): Promise<readonly string[]> {
  mkdirSync(folder, { recursive: true })
  const { code, output } = await runChild('tar', ['-xzf', tarball.path, '-C', folder], {
    cwd: root,
  })
  if (code !== 0) throw new Error(output)
  return readdirSync(join(folder, 'package'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'package').length + 1))
}

function filters(): readonly string[] {
  return publishedPackages().flatMap(({ folder }) => ['--filter', `./${folder}`])
}

async function pnpm(args: readonly string[]): Promise<Outcome> {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  const { packageManager } = JSON.parse(manifest) as { readonly packageManager: string }
  const options = { cwd: root, timeoutMs: 300_000 }
  return await runChild('npx', ['--yes', packageManager, ...args], options)
}
