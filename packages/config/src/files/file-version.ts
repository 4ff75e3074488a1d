import { statSync } from 'node:fs'

/** A file as it was at one time. */
export interface FileVersion {
  /** Absolute. */
  readonly path: string
  /** Changes with every write, replacement, creation and removal. */
  readonly version: string
}

/** How the file is now, whether it is there or not. */
export function fileVersion(path: string): FileVersion {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return { path, version: [ino, size, mtimeNs, ctimeNs].join(':') }
  } catch {
    return { path, version: 'missing' }
  }
}
