import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  readFileSync,
} from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { dirname, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { NewMessage } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createStore } from '../src/store.ts'
import { makeStateDir, type StateDir } from './state-dir.ts'

let stateDir: StateDir
let databaseFile: string
beforeEach(() => {
  stateDir = makeStateDir()
  databaseFile = join(stateDir.path, 'agents/atlas/sessions/sessions.sqlite')
})
afterEach(() => stateDir.remove())

function message(id: string, text = id): NewMessage {
  const peer = { kind: 'dm', id: 'alice' } as const
  return {
    id,
    reference: { channel: 'test', accountId: 'main', peer, nativeId: id },
    sessionKey: 'lane',
    body: { text },
    trace: null,
  }
}

describe('a full disk', () => {
  it('rejects with FULL, leaves nothing half-written and works again once there is room', async () => {
    let limitPages: ((pages: number) => void) | undefined
    const store = createStore({
      stateDir: stateDir.path,
      durability: 'process',
      mode: 'exclusive',
      now: Date.now,
      newSessionId: randomUUID,
      configure(connection) {
        limitPages = (pages) => connection.exec(`PRAGMA max_page_count = ${pages}`)
      },
    })
    const agent = store.agent('atlas')
    await agent.accept(message('m0'))
    limitPages?.(200)
    const large = 'x'.repeat(20_000)
    let accepted = 1
    let refused: unknown
    while (refused === undefined)
      await agent.accept(message(`m${accepted}`, large)).then(
        () => (accepted += 1),
        (error: unknown) => (refused = error),
      )
    expect(refused).toMatchObject({ name: 'StoreError', code: 'FULL' })
    expect(refused).toHaveProperty('message', expect.stringContaining(databaseFile))
    expect((await agent.counts()).inbox.pending).toBe(accepted)
    expect(await agent.find(`m${accepted}`)).toEqual([])

    const work = await agent.claim({ owner: 'w', leaseMs: 1_000, limit: accepted })
    expect(work?.messages).toHaveLength(accepted)
    if (work === undefined) return
    const change = {
      turn: {
        id: 't',
        startedAt: 1,
        endedAt: 2,
        outcome: 'answered',
        model: 'm',
        inputTokens: 1,
        outputTokens: 1,
        trace: null,
      },
      transcript: [{ role: 'assistant', parts: [large] }],
      deliveries: [{ id: 'd', address: message('m0').reference, body: large }],
      outcome: { state: 'done' },
    } as const
    await expect(agent.commit(work.lease, change)).rejects.toMatchObject({ code: 'FULL' })
    expect((await agent.counts()).inbox).toMatchObject({ claimed: accepted, done: 0 })
    expect(await agent.transcript('lane', { limit: 1 })).toEqual([])

    limitPages?.(40_000)
    expect(await agent.commit(work.lease, change)).toEqual({ more: false })
    expect((await agent.accept(message(`m${accepted}`, large))).status).toBe('accepted')
    await store.close()
  })
})

describe('a file that cannot be used', () => {
  async function rejection(): Promise<unknown> {
    const store = openSqliteStore({ stateDir: stateDir.path })
    try {
      return await store
        .agent('atlas')
        .accept(message('m1'))
        .catch((error: unknown) => error)
    } finally {
      await store.close()
    }
  }

  it('is CORRUPT when it is no database, and is left as it is', async () => {
    mkdirSync(dirname(databaseFile), { recursive: true })
    const content = 'not a database, but somebody may still want it '.repeat(200)
    writeFileSync(databaseFile, content)
    const error = await rejection()
    expect(error).toMatchObject({ name: 'StoreError', code: 'CORRUPT' })
    expect(String(error)).toContain(databaseFile)
    expect(readFileSync(databaseFile, 'utf8')).toBe(content)
  })

  it('leaves other agents running, and can be removed', async () => {
    mkdirSync(dirname(databaseFile), { recursive: true })
    writeFileSync(databaseFile, 'x'.repeat(5_000))
    const store = openSqliteStore({ stateDir: stateDir.path })
    await expect(store.agent('atlas').counts()).rejects.toMatchObject({ code: 'CORRUPT' })
    expect((await store.agent('borealis').accept(message('m1'))).status).toBe('accepted')
    await store.removeAgent('atlas')
    expect((await store.agent('atlas').accept(message('m1'))).status).toBe('accepted')
    await store.close()
  })

  it('is CORRUPT when a newer version wrote it, and is left as it is', async () => {
    expect(await rejection()).toEqual({ status: 'accepted', id: 'm1' })
    const database = new DatabaseSync(databaseFile)
    database.exec('PRAGMA user_version = 99')
    database.close()
    const error = await rejection()
    expect(error).toMatchObject({ name: 'StoreError', code: 'CORRUPT' })
    expect(String(error)).toMatch(/version 99.*newer Junctor/)
    const reader = openSqliteStore({ stateDir: stateDir.path, mode: 'read-only' })
    await expect(reader.agent('atlas').counts()).rejects.toMatchObject({ code: 'CORRUPT' })
    await reader.close()
  })

  it('is CORRUPT when another program owns it', async () => {
    mkdirSync(dirname(databaseFile), { recursive: true })
    const database = new DatabaseSync(databaseFile)
    database.exec('CREATE TABLE sessions (theirs TEXT)')
    database.close()
    const error = await rejection()
    expect(error).toMatchObject({ code: 'CORRUPT' })
    expect(String(error)).toContain('belongs to another program')
  })

  it('is READ_ONLY without write permission, and says what to do', () => {
    const script = `
      import { openSqliteStore } from '@junctor/store-sqlite'
      if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534) }
      try { openSqliteStore({ stateDir: ${JSON.stringify(stateDir.path)} }) } catch (error) { console.log(error.code, error.message) }`
    chmodSync(stateDir.path, 0o555)
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^READ_ONLY .*gateway\.lock cannot be opened for writing.*write access/)
  })
})

describe('files', () => {
  it('are readable by their owner only', async () => {
    const path = join(stateDir.path, 'state')
    const store = openSqliteStore({ stateDir: path })
    await store.agent('atlas').accept(message('m1'))
    await store.gateway.table('t').put('k', 1)
    const entries = readdirSync(path, { recursive: true, withFileTypes: true })
    for (const entry of entries)
      expect(statSync(join(entry.parentPath, entry.name)).mode & 0o777, entry.name).toBe(
        entry.isDirectory() ? 0o700 : 0o600,
      )
    expect(entries.map(({ name }) => name).sort()).toEqual([
      'agents',
      'atlas',
      'gateway.lock',
      'gateway.sqlite',
      'gateway.sqlite-shm',
      'gateway.sqlite-wal',
      'sessions',
      'sessions.sqlite',
      'sessions.sqlite-shm',
      'sessions.sqlite-wal',
    ])
    expect(statSync(path).mode & 0o777).toBe(0o700)
    await store.close()
  })

  it.each([
    '../x',
    '..',
    '.',
    '',
    'a/b',
    'a\\b',
    '/etc',
    'A',
    'a\u0000',
    '-a',
    '_a',
    'é',
    'a'.repeat(65),
    'a.b',
    'a b',
  ])('cannot be reached by the agent id %j', async (agentId) => {
    const store = openSqliteStore({ stateDir: stateDir.path })
    expect(() => store.agent(agentId)).toThrow(/cannot name a directory/)
    await expect(store.removeAgent(agentId)).rejects.toThrow(/cannot name a directory/)
    expect(readdirSync(stateDir.path)).not.toContain('agents')
    await store.close()
  })

  it('of an agent go with it, and no others', async () => {
    const store = openSqliteStore({ stateDir: stateDir.path })
    await store.agent('atlas').accept(message('m1'))
    await store.agent('borealis').accept(message('m1'))
    const notes = join(stateDir.path, 'agents/borealis/notes.txt')
    writeFileSync(notes, 'mine')
    const outside = join(stateDir.path, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'sessions.sqlite-copy'), 'x')
    symlinkSync(outside, join(stateDir.path, 'agents/borealis/link'))
    await store.removeAgent('atlas')
    await store.removeAgent('borealis')
    expect(existsSync(join(stateDir.path, 'agents/atlas'))).toBe(false)
    expect(existsSync(join(stateDir.path, 'agents/borealis/sessions'))).toBe(false)
    expect(readFileSync(notes, 'utf8')).toBe('mine')
    expect(existsSync(join(outside, 'sessions.sqlite-copy'))).toBe(true)
    expect(await store.agents()).toEqual([])
    await store.close()
  })

  it('keep nothing of a removed session, neither in the database nor in its log', async () => {
    const store = openSqliteStore({ stateDir: stateDir.path })
    const agent = store.agent('atlas')
    const secret = 'a secret that nobody shall find '
    await agent.accept({ ...message('m1', secret.repeat(400)), sessionKey: `agent:${secret}` })
    await agent.accept({ ...message('m2', 'stays'), sessionKey: 'other' })
    const content = (): string =>
      [databaseFile, `${databaseFile}-wal`].map((file) => readFileSync(file, 'latin1')).join('')
    expect(content()).toContain(secret)
    expect(await agent.removeSession(`agent:${secret}`)).toMatchObject({ messages: 1, sessions: 1 })
    expect(content()).not.toContain(secret)
    await store.close()
    expect(existsSync(`${databaseFile}-wal`)).toBe(false)
  })
})
