import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StoreError } from '@junctor/store'
import { toStoreError } from './errors.ts'

const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/
const DATABASE_SUFFIXES = ['', '-wal', '-shm', '-journal'] as const

/** Throws unless the id is a plain directory name, so that no agent reaches another one's files. */
export function agentDatabasePath(stateDir: string, agentId: string): string {
  if (!AGENT_ID.test(agentId))
    throw new StoreError(
      'IO',
      `Agent id ${JSON.stringify(agentId)} cannot name a directory. Use 1 to 64 of a–z, 0–9, "_" and "-", beginning with a letter or digit.`,
    )
  return join(stateDir, 'agents', agentId, 'sessions', 'sessions.sqlite')
}

export function gatewayDatabasePath(stateDir: string): string {
  return join(stateDir, 'gateway.sqlite')
}

export function listAgentIds(stateDir: string): readonly string[] {
  const directory = join(stateDir, 'agents')
  if (!existsSync(directory)) return []
  try {
    return readdirSync(directory)
      .filter((name) => AGENT_ID.test(name) && existsSync(agentDatabasePath(stateDir, name)))
      .sort()
  } catch (error) {
    throw toStoreError(error, directory)
  }
}

export function makePrivateDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw toStoreError(error, directory)
  }
}

/**
 * An empty file that only this user can read; SQLite gives its side files the same mode. An existing file is not even
 * opened: closing a descriptor would drop the locks that this process holds on it.
 */
export function makePrivateFile(file: string): void {
  if (existsSync(file)) return
  makePrivateDirectory(dirname(file))
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    throw toStoreError(error, file)
  }
}

/** Removes a database and its directories up to `agents`, as far as nothing else lies in them. */
export function removeAgentFiles(file: string): void {
  try {
    for (const suffix of DATABASE_SUFFIXES) rmSync(file + suffix, { force: true })
    for (const directory of [dirname(file), dirname(dirname(file))]) {
      if (!existsSync(directory) || readdirSync(directory).length > 0) return
      rmdirSync(directory)
    }
  } catch (error) {
    throw toStoreError(error, file)
  }
}
