import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly name: string
  readonly files: readonly string[]
  readonly dependencies?: { readonly [name: string]: string }
  readonly publishConfig: { readonly exports: object }
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/**
 * Lays the built packages out as an installation from the registry does, without copying what they depend on. Answers
 * the file that `junctor` runs; undefined when a package is not built.
 */
export function installBuild(folder: string): string | undefined {
  for (const path of globSync('{packages/*,apps/gateway}/package.json', { cwd: root })) {
    const source = join(root, dirname(path))
    if (!existsSync(join(source, 'dist'))) return undefined
    const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as Manifest
    const { name, files, dependencies = {}, publishConfig } = manifest
    const target = join(folder, 'node_modules', name)
    mkdirSync(target, { recursive: true })
    const published = { ...manifest, ...publishConfig }
    writeFileSync(join(target, 'package.json'), JSON.stringify(published, undefined, 2))
    // A link would be resolved, and the sources beside it be found.
    for (const file of files) cpSync(join(source, file), join(target, file), { recursive: true })
    for (const dependency of Object.keys(dependencies)) {
      if (dependency.startsWith('@junctor/')) continue
      const link = join(target, 'node_modules', dependency)
      mkdirSync(dirname(link), { recursive: true })
      symlinkSync(join(source, 'node_modules', dependency), link)
    }
  }
  return join(folder, 'node_modules/junctor/dist/bin.js')
}
