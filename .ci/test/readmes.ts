import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWorkspace, root } from './workspace.ts'

export interface Readme {
  /** Relative to the repository. */
  readonly path: string
  /** Where its examples run, relative to the repository. */
  readonly folder: string
  readonly text: string
}

export interface Example {
  /** File and line, such as `packages/router/README.md:12`. */
  readonly name: string
  readonly folder: string
  readonly code: string
  /** False for an example that needs an account, a key or a person. */
  readonly runs: boolean
}

/** The README of the repository and of every package, app and example. */
export function readReadmes(): readonly Readme[] {
  const places = readWorkspace().map(({ folder }) => ({ path: `${folder}/README.md`, folder }))
  // The first page shows the whole: its examples see what the assembled gateway sees.
  return [{ path: 'README.md', folder: 'apps/gateway' }, ...places]
    .filter(({ path }) => existsSync(join(root, path)))
    .map((place) => ({ ...place, text: readFileSync(join(root, place.path), 'utf8') }))
}

/** The fenced `ts` blocks; one that is marked `ts no-run` is only compiled. */
export function examplesOf({ path, folder, text }: Readme): readonly Example[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const [, options] = /^```ts\b(.*)$/.exec(line) ?? []
    if (options === undefined) return []
    const end = lines.findIndex((candidate, at) => at > index && candidate.startsWith('```'))
    const code = lines.slice(index + 1, end === -1 ? undefined : end).join('\n')
    const name = `${path}:${index + 1}`
    return [{ name, folder, code, runs: !options.includes('no-run') }]
  })
}
