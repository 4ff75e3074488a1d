import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The real folder behind links, also for one that does not exist yet; upper and lower case folded where disks do so. */
export function canonicalPath(path: string): string {
  const real = realPath(path)
  return process.platform === 'darwin' || process.platform === 'win32' ? real.toLowerCase() : real
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}
