import { constants } from 'node:fs'
import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
} from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { isWithin } from '../is-within.ts'
import { faultText } from './things.ts'

export interface CopyOutcome {
  readonly copied: number
  /** Those that were there already, with the same content. */
  readonly same: number
  /** Those that were there already, with another content: they are as they were. */
  readonly kept: readonly string[]
  /** Those that were not copied, and why. */
  readonly left: readonly { readonly path: string; readonly reason: string }[]
  /** Those that could not be read or written. */
  readonly failed: readonly { readonly path: string; readonly reason: string }[]
}

interface Copying {
  readonly source: string
  readonly target: string
  readonly isDryRun: boolean
  readonly kept: string[]
  readonly left: { path: string; reason: string }[]
  readonly failed: { path: string; reason: string }[]
  copied: number
  same: number
}

/**
 * Copies a folder into another one and replaces nothing there. A file appears whole or not at all, so that it can be done again
 * after it was interrupted. Links inside of the folder stay links; no link is followed out of it.
 */
export async function copyFolder(
  source: string,
  target: string,
  { isDryRun }: { readonly isDryRun: boolean },
): Promise<CopyOutcome> {
  const real = await realpath(source)
  const copying: Copying = {
    source: real,
    target,
    isDryRun,
    kept: [],
    left: [],
    failed: [],
    copied: 0,
    same: 0,
  }
  await attempt('', copying, copyInto)
  const { copied, same, kept, left, failed } = copying
  return { copied, same, kept, left, failed }
}

/** One file that cannot be copied does not keep the others from it. */
async function attempt(
  path: string,
  copying: Copying,
  copy: (path: string, copying: Copying) => Promise<void>,
): Promise<void> {
  await copy(path, copying).catch((error: unknown) => {
    copying.failed.push({ path: join(copying.source, path), reason: faultText(error) })
  })
}

async function copyInto(folder: string, copying: Copying): Promise<void> {
  const { source, target, isDryRun, left } = copying
  const there = await lstat(join(target, folder)).catch(() => undefined)
  // The folder that was asked for may be a link of ours; below it nothing is reached through one.
  if (there !== undefined && !there.isDirectory() && (folder !== '' || !there.isSymbolicLink())) {
    left.push({ path: join(source, folder), reason: `${join(target, folder)} is no folder` })
    return
  }
  if (!isDryRun) await mkdir(join(target, folder), { recursive: true })
  const entries = await readdir(join(source, folder), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await attempt(path, copying, copyInto)
    else if (entry.isFile()) await attempt(path, copying, copyOne)
    else if (entry.isSymbolicLink()) await attempt(path, copying, copyLink)
    else left.push({ path: join(source, path), reason: 'it is neither a file nor a folder' })
  }
}

async function copyOne(path: string, copying: Copying): Promise<void> {
  const from = join(copying.source, path)
  const to = join(copying.target, path)
  const there = await lstat(to).catch(() => undefined)
  if (there !== undefined) return compare(from, to, there.isFile(), copying)
  if (!copying.isDryRun) await copyWhole(from, to)
  copying.copied += 1
}

async function copyWhole(from: string, to: string): Promise<void> {
  const draft = join(dirname(to), '.junctor-import')
  try {
    await copyFile(from, draft, constants.COPYFILE_FICLONE)
    await rename(draft, to)
  } finally {
    await rm(draft, { force: true })
  }
}

async function compare(from: string, to: string, isFile: boolean, copying: Copying): Promise<void> {
  const isSame = isFile && (await readFile(from)).equals(await readFile(to))
  if (isSame) copying.same += 1
  else copying.kept.push(to)
}

async function copyLink(path: string, copying: Copying): Promise<void> {
  const { source, target, isDryRun, left } = copying
  const from = join(source, path)
  const to = join(target, path)
  const leadsTo = resolve(dirname(from), await readlink(from))
  const real = await realpath(from).catch(() => undefined)
  if (real === undefined || !isWithin(real, source) || !isWithin(leadsTo, source)) {
    const reason = real === undefined ? 'it leads nowhere' : `it leads out of ${source}`
    left.push({ path: from, reason: `a link that is not followed: ${reason}` })
    return
  }
  const way = relative(dirname(from), leadsTo)
  const there = await lstat(to).catch(() => undefined)
  if (there !== undefined) {
    if (there.isSymbolicLink() && (await readlink(to)) === way) copying.same += 1
    else copying.kept.push(to)
    return
  }
  if (!isDryRun) await symlink(way, to)
  copying.copied += 1
}
