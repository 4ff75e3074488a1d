import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface StateDir {
  readonly path: string
  remove(): void
}

export function makeStateDir(): StateDir {
  const path = mkdtempSync(join(tmpdir(), 'junctor-store-'))
  return {
    path,
    remove() {
      chmodSync(path, 0o700)
      rmSync(path, { recursive: true, force: true })
    },
  }
}
