import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Config } from '@junctor/config'
import type { AgentStore, Store } from '@junctor/store'
import { toPast } from './past-messages.ts'
import { mapSessionKey, type KeyReading } from './session-keys.ts'
import { readSessionsFolder, type IndexedSession } from './sessions-index.ts'
import type { ImportSource } from './source.ts'
import { counted, faultText, type Tell } from './things.ts'
import { readTranscript, type Transcript } from './transcript.ts'

export interface SessionsOptions {
  readonly source: ImportSource
  readonly theirs: Config
  readonly ours: Config
  readonly store: Store
  readonly isDryRun: boolean
  /** Only this agent's. */
  readonly onlyAgent: string | undefined
}

/** A conversation of theirs that has a place here. */
interface Found {
  readonly session: IndexedSession
  readonly agentId: string
  readonly key: string
}

export async function importSessions(options: SessionsOptions, tell: Tell): Promise<void> {
  const found: Found[] = []
  for (const index of await indexesOf(options))
    found.push(...(await readIndex(index, options, tell)))
  // Of two that mean one conversation here the newer one is gone on with.
  const newest = new Map<string, Found>()
  for (const each of found.toSorted((a, b) => b.session.updatedAt - a.session.updatedAt)) {
    const other = newest.get(each.key)
    if (other === undefined) newest.set(each.key, each)
    else {
      const { key: name } = each.session
      const note = `${other.session.key} is the same conversation here, and newer`
      tell.thing({ kind: 'session', agent: each.agentId, name, outcome: 'left', note })
    }
  }
  for (const each of [...newest.values()].toReversed()) await importSession(each, options, tell)
}

interface Index {
  readonly path: string
  /** The folder that no link may lead out of. */
  readonly home: string
  /** Whose sessions they are when their keys do not say. */
  readonly agentId: string
  /** The oldest layout, and some configs, keep those of every agent in one place. */
  readonly isShared: boolean
}

async function indexesOf({ source, theirs }: SessionsOptions): Promise<readonly Index[]> {
  const { stateDir, sessionStore } = source
  const names = await readdir(join(stateDir, 'agents')).catch((): string[] => [])
  const main = theirs.agents.list.find((agent) => agent.default)?.id ?? 'main'
  const usual = [
    ...names
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((agentId) => ({
        path: join(stateDir, 'agents', agentId, 'sessions'),
        agentId,
        isShared: false,
      })),
    { path: join(stateDir, 'sessions'), agentId: main, isShared: true },
  ].map((each) => ({ ...each, path: join(each.path, 'sessions.json'), home: stateDir }))
  if (sessionStore === undefined) return usual
  const isShared = !sessionStore.includes('{agentId}')
  const agents = isShared ? [main] : theirs.agents.list.map(({ id }) => id)
  const chosen = agents.map((agentId) => {
    const path = sessionStore.replaceAll('{agentId}', agentId)
    return { path, home: dirname(path), agentId, isShared }
  })
  const paths = new Set(usual.map(({ path }) => path))
  return [...usual, ...chosen.filter(({ path }) => !paths.has(path))]
}

async function readIndex(
  { path, home, agentId, isShared }: Index,
  { theirs, ours, onlyAgent }: SessionsOptions,
  tell: Tell,
): Promise<readonly Found[]> {
  const known = new Set(ours.agents.list.map(({ id }) => id))
  const { sessions, unnamed, problem } = await readSessionsFolder(path, home)
  const found: Found[] = []
  for (const session of sessions) {
    const mapped = mapSessionKey(session.key, readingFor(session, agentId, theirs, ours))
    const owner = 'agentId' in mapped ? mapped.agentId : agentId
    if (onlyAgent !== undefined && owner !== onlyAgent) continue
    const leave = (note: string): void =>
      tell.thing({ kind: 'session', agent: owner, name: session.key, outcome: 'left', note })
    if ('reason' in mapped) leave(mapped.reason)
    else if (!isShared && owner !== agentId) leave(`it lies with the agent ${agentId}`)
    else if (!known.has(owner)) leave(`there is no agent ${owner} in the config`)
    else if (session.file === undefined) leave(session.reason ?? 'it has no transcript')
    else found.push({ session, agentId: owner, key: mapped.key })
  }
  if (onlyAgent !== undefined && onlyAgent !== agentId) return found
  const thing = { kind: 'session', agent: agentId, outcome: 'left' } as const
  if (problem !== undefined) tell.thing({ ...thing, name: path, outcome: 'failed', note: problem })
  if (unnamed > 0)
    tell.thing({
      ...thing,
      name: dirname(path),
      counts: { transcripts: unnamed },
      note: 'no session names them any more: they were ended, or lost',
    })
  return found
}

function readingFor(
  { accountId }: IndexedSession,
  agentId: string,
  theirs: Config,
  { session, channels }: Config,
): KeyReading {
  return {
    agentId,
    mainKeys: [theirs.session.mainKey],
    mainKey: session.mainKey,
    people: Object.keys(session.identityLinks),
    accountOf(channel) {
      const accounts = Object.keys(channels[channel] ?? {})
      if (accountId !== undefined && accounts.includes(accountId)) return accountId
      const [only, ...others] = accounts
      return only === undefined || others.length > 0 ? 'default' : only
    },
  }
}

async function importSession(
  { session, agentId, key }: Found,
  { source, store, isDryRun }: SessionsOptions,
  tell: Tell,
): Promise<void> {
  const { file = '', sessionId, updatedAt } = session
  const thing = { kind: 'session', agent: agentId, name: key } as const
  let transcript: Transcript
  try {
    transcript = await readTranscript(file)
  } catch (error) {
    const note = `${file} cannot be read: ${faultText(error)}`
    return tell.thing({ ...thing, outcome: 'failed', note })
  }
  const past = toPast(transcript, file, updatedAt)
  for (const each of [...transcript.skipped, ...past.skipped].toSorted((a, b) => a.line - b.line))
    tell.skipped(each)
  const [first] = past.messages
  const note = `from ${session.key}`
  const counts = {
    messages: past.messages.length,
    abandoned: transcript.abandoned,
    'lines not understood': transcript.skipped.length + past.skipped.length,
  }
  if (first === undefined)
    return tell.thing({
      ...thing,
      outcome: 'left',
      counts,
      note: `${note}, nothing was said in it`,
    })
  const id = `import_${source.flavour}_${sessionId}`
  const agent = store.agent(agentId)
  const earlier = await importedBefore(agent, key, id)
  if (earlier !== undefined) {
    const newer = past.messages.length - earlier
    return tell.thing({
      ...thing,
      outcome: 'present',
      note:
        earlier === 0
          ? `there is a conversation of ours already, theirs (${session.key}) was not put in between`
          : newer > 0
            ? `${note}, imported before, without ${counted(newer, 'messages')} that came since`
            : `${note}, imported before`,
    })
  }
  const restored = isDryRun
    ? 'restored'
    : await agent.restore({
        sessionKey: key,
        id,
        createdAt: first.at,
        updatedAt: past.messages.at(-1)?.at ?? first.at,
        messages: past.messages,
        ended: past.ended,
        ...(past.model === undefined ? {} : { model: past.model }),
        trace: { imported: { system: source.flavour, sessionKey: session.key, sessionId } },
      })
  if (restored === 'restored') return tell.thing({ ...thing, outcome: 'imported', counts, note })
  tell.thing({ ...thing, outcome: 'present', note: `${note}, imported before as another session` })
}

/** How many messages of it there are; 0 for a session of that key that is not it, undefined without one. */
async function importedBefore(
  agent: AgentStore,
  key: string,
  id: string,
): Promise<number | undefined> {
  if ((await agent.session(key)) === undefined) return undefined
  let count = 0
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const page = await agent.transcript(key, { limit: 500, before })
    count += page.filter(({ turnId }) => turnId === id).length
    const [first] = page
    if (first === undefined) return count
    before = first.seq
  }
}
