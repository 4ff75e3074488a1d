import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isWithin } from '../is-within.ts'
import { isRecord, recordOf, textOf, timeOf, type JsonRecord } from './json.ts'

/** A conversation that `sessions.json` names. */
export interface IndexedSession {
  /** As theirs has it. */
  readonly key: string
  readonly sessionId: string
  readonly updatedAt: number
  /** Their account of it, where they say. */
  readonly accountId?: string
  /** Its transcript; undefined when there is none, or none that may be read. */
  readonly file?: string
  /** Why there is no file. */
  readonly reason?: string
}

export interface SessionsFolder {
  readonly sessions: readonly IndexedSession[]
  /** Transcripts that no session names. */
  readonly unnamed: number
  /** Why the index cannot be read. */
  readonly problem?: string
}

const none: SessionsFolder = { sessions: [], unnamed: 0 }

/** Reads the sessions of an index and of the folder that it lies in. Links out of `home` are not followed. */
export async function readSessionsFolder(path: string, home: string): Promise<SessionsFolder> {
  const folder = dirname(path)
  const names = await readdir(folder).catch((): string[] => [])
  const transcripts = names.filter((name) => /\.jsonl(\.|$)/.test(name))
  if (!names.includes(basename(path))) return { ...none, unnamed: transcripts.length }
  const unread = { ...none, unnamed: transcripts.length }
  let index: unknown
  try {
    const problem = await leadsOut(path, home)
    if (problem !== undefined) return { ...unread, problem }
    index = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { ...unread, problem: `it cannot be read: ${reason}` }
  }
  if (!isRecord(index)) return { ...unread, problem: 'it holds no object' }
  const sessions: IndexedSession[] = []
  for (const [key, entry] of Object.entries(index))
    sessions.push(await readEntry(key, isRecord(entry) ? entry : {}, folder, home))
  const named = new Set(sessions.map(({ file }) => file && basename(file)))
  return { sessions, unnamed: transcripts.filter((name) => !named.has(name)).length }
}

async function readEntry(
  key: string,
  entry: JsonRecord,
  folder: string,
  home: string,
): Promise<IndexedSession> {
  const sessionId = textOf(entry, 'sessionId') ?? ''
  const updatedAt = timeOf(entry['updatedAt']) ?? 0
  const accountId =
    textOf(recordOf(entry, 'deliveryContext'), 'accountId') ??
    textOf(recordOf(entry, 'origin'), 'accountId') ??
    textOf(entry, 'lastAccountId')
  const session = { key, sessionId, updatedAt, ...(accountId === undefined ? {} : { accountId }) }
  // It becomes a file name.
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,127}$/u.test(sessionId))
    return { ...session, reason: 'it has no session id' }
  const named = textOf(entry, 'sessionFile')
  // Written by another machine, perhaps: the name is what counts.
  const topic = /:topic:(.+)$/.exec(key)?.[1]
  const names = [
    named === undefined ? undefined : basename(named.replaceAll('\\', '/')),
    topic === undefined ? undefined : `${sessionId}-topic-${encodeURIComponent(topic)}.jsonl`,
    `${sessionId}.jsonl`,
  ]
  for (const name of names) {
    if (name === undefined || !name.endsWith('.jsonl')) continue
    const file = join(folder, name)
    if ((await lstat(file).catch(() => undefined)) === undefined) continue
    const reason = await leadsOut(file, home).catch(() => `${file} is a link that leads nowhere`)
    return reason === undefined ? { ...session, file } : { ...session, reason }
  }
  return { ...session, reason: 'its transcript is gone' }
}

/** What is wrong with a file that is a link out of the folder. */
async function leadsOut(path: string, folder: string): Promise<string | undefined> {
  const [real, realFolder] = await Promise.all([realpath(path), realpath(folder)])
  return isWithin(real, realFolder) ? undefined : `${path} is a link that leads out of ${folder}`
}
