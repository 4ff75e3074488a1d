import { fileURLToPath } from 'node:url'
import { startProcess, type Failure, type Handler, type IsolatedProcess } from '@junctor/isolation'
import { ChannelPackageError } from './errors.ts'
import { closureOf, type FoundPackage } from './find-package.ts'

export interface GuestOptions {
  readonly packageName: string
  readonly found: FoundPackage
  readonly memoryLimitMb: number
  readonly handlers: { readonly [method: string]: Handler }
  readonly toError: (failure: Failure) => Error
  /** A line that the package printed. */
  readonly printed: (line: string) => void
}

/** Of this package and what it depends on: the child's own code. */
const ownFolders = closureOf(fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''))
const childModule = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url),
)

/**
 * Starts a process that may read its own code and use the network, and nothing else: no other file, no child process, no
 * worker, no native code, none of the gateway's environment.
 */
export function startGuest(options: GuestOptions): IsolatedProcess {
  const { packageName, found, ...rest } = options
  const readable = [...ownFolders, ...found.folders].map((folder) => `--allow-fs-read=${folder}`)
  return startProcess({
    ...rest,
    module: childModule,
    flags: ['--permission', ...readable],
    endError: (reason) =>
      new ChannelPackageError('PACKAGE_FAILED', `The process of ${packageName} ended: ${reason}`),
  })
}
