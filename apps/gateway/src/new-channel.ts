import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { channelSources } from './channel-sources.ts'
import { CliError } from './errors.ts'

// Beside `src` and beside `dist`.
const template = fileURLToPath(new URL('../template/channel/', import.meta.url))

export interface NewChannel {
  readonly name: string
  /** Absolute. */
  readonly folder: string
  /** Relative to it. */
  readonly files: readonly string[]
  /** Its packages are those of the checkout that this program runs from: there is nothing to install. */
  readonly isLinked: boolean
}

/** Where the packages that it needs stand in a checkout. */
const packages: { readonly [name: string]: string } = {
  '@junctor/channel': 'packages/channel',
  '@junctor/testkit': 'packages/testkit',
  '@types/node': 'node_modules/@types/node',
  typescript: 'node_modules/@typescript/native',
  '.bin/tsc': 'node_modules/@typescript/native/bin/tsc',
}

/** Writes the package of a channel of one's own. Throws `USAGE` for a name that cannot be one, `EXISTS` rather than overwrite. */
export async function newChannel(
  name: string,
  { version, folder = `junctor-channel-${name}` }: { version: string; folder?: string },
): Promise<NewChannel> {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(name))
    throw new CliError(
      'USAGE',
      `"${name}" cannot be a channel's name: use up to 41 of a-z, 0-9 and "-", beginning with a letter.`,
    )
  if (Object.hasOwn(channelSources([]).channels, name))
    throw new CliError(
      'USAGE',
      `"${name}" is a channel of the gateway itself; give yours another name.`,
    )
  const target = resolve(folder)
  const found = await readdir(target).catch(() => [])
  if (found.length > 0)
    throw new CliError('EXISTS', `${target} is not empty. Name another folder with --dir.`)

  const files: string[] = []
  for (const entry of await readdir(template, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const source = join(entry.parentPath, entry.name)
    const path = join(entry.parentPath.slice(template.length), nameOf(entry.name))
    const text = fillIn(await readFile(source, 'utf8'), name, version)
    await mkdir(dirname(join(target, path)), { recursive: true })
    await writeFile(join(target, path), text, { flag: 'wx' })
    files.push(path)
  }
  // What is published runs from `dist`.
  const isLinked = import.meta.url.endsWith('/src/new-channel.ts')
  if (isLinked) await linkPackages(target)
  return { name, folder: target, files: files.sort(), isLinked }
}

async function linkPackages(target: string): Promise<void> {
  for (const [name, path] of Object.entries(packages)) {
    const link = join(target, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), link)
  }
}

/** What files of the template are called in the package, where npm gives those names a meaning of its own. */
const names: { readonly [file: string]: string } = {
  gitignore: '.gitignore',
  'manifest.json': 'package.json',
}

function nameOf(file: string): string {
  return names[file] ?? file
}

function fillIn(text: string, name: string, version: string): string {
  return text
    .replaceAll('__NAME__', name.toUpperCase().replaceAll('-', '_'))
    .replaceAll('__name__', name)
    .replaceAll('__version__', version)
}
