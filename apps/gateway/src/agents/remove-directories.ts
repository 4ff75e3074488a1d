import { lstat, readdir, realpath, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isWithin } from '../is-within.ts'

/** Where an agent keeps what is its own. */
export interface AgentPlaces {
  readonly id: string
  readonly workspace: string
  readonly agentDir: string
}

export interface RemoveOptions {
  readonly agent: AgentPlaces
  /** Every other agent that there is. */
  readonly others: readonly AgentPlaces[]
  readonly stateDir: string
  readonly home: string
  /** Remove what lies outside the state directory as well. */
  readonly force: boolean
}

export interface RemovedDirectories {
  readonly directories: readonly { readonly path: string; readonly files: number }[]
  /** Those that are still there, and why. */
  readonly kept: readonly { readonly path: string; readonly reason: string }[]
}

/** Removes an agent's directories, but for those that hold more than this agent. */
export async function removeDirectories(options: RemoveOptions): Promise<RemovedDirectories> {
  const { agentDir, workspace } = options.agent
  const directories: { path: string; files: number }[] = []
  const kept: { path: string; reason: string }[] = []
  for (const path of new Set([agentDir, workspace])) {
    const real = await realpath(path).catch(() => undefined)
    if (real === undefined) continue
    const reason = await reasonToKeep(real, options)
    if (reason !== undefined) {
      kept.push({ path, reason })
      continue
    }
    const entries = await readdir(real, { recursive: true, withFileTypes: true })
    await rm(real, { recursive: true })
    // A link that led there leads nowhere now.
    if ((await lstat(path).catch(() => undefined)) !== undefined) await rm(path)
    directories.push({ path, files: entries.filter((entry) => !entry.isDirectory()).length })
  }
  // Its store lay there as well. Something that nobody knows of stays.
  await rmdir(join(options.stateDir, 'agents', options.agent.id)).catch(() => undefined)
  return { directories, kept }
}

async function reasonToKeep(
  real: string,
  { others, stateDir, home, force }: RemoveOptions,
): Promise<string | undefined> {
  const realState = await realpath(stateDir).catch(() => stateDir)
  const realHome = await realpath(home).catch(() => home)
  if (isWithin(realState, real) || isWithin(realHome, real)) return 'it holds more than this agent'
  for (const { id, workspace, agentDir } of others)
    for (const other of [workspace, agentDir]) {
      const place = await realpath(other).catch(() => other)
      if (isWithin(place, real) || isWithin(real, place))
        return `agent "${id}" has files there, too`
    }
  if (force || isWithin(real, realState)) return undefined
  return 'it lies outside the state directory; --force removes it as well'
}
