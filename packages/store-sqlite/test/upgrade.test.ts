import { join } from 'node:path'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database.ts'
import { makePrivateFile } from '../src/paths.ts'
import { AGENT_SCHEMA } from '../src/schema/agent.ts'
import { migrate } from '../src/schema/migrate.ts'
import { makeStateDir, type StateDir } from './state-dir.ts'

let stateDir: StateDir
beforeEach(() => {
  stateDir = makeStateDir()
})
afterEach(() => stateDir.remove())

/** A database as the first version left it: one message answered, one that waits. */
function writeFirstVersion(): void {
  const file = join(stateDir.path, 'agents/atlas/sessions/sessions.sqlite')
  makePrivateFile(file)
  const database = openDatabase({ file, readOnly: false, syncsEveryWrite: false })
  migrate(database, AGENT_SCHEMA.slice(0, 1))
  database.execute(`
    INSERT INTO peers VALUES (1, '["test","main","dm","alice"]');
    INSERT INTO sessions (session_key, session_id, created_at, updated_at, turns, done_messages, token, head_seq, queue)
      VALUES ('lane', 'session_1', 1, 2, 1, 1, 1, 2, 1);
    INSERT INTO turns VALUES (1, 't1', 1, 1, 1, 1, 2, 'answered', 'test/model', 3, 4, 'null');
    INSERT INTO inbox (id, session_no, peer_no, thread, native_id, state, attempt, accepted_at, turn_no, body, trace)
      VALUES ('m1', 1, 1, '', 'n1', 'done', 1, 1, 1, '{}', 'null'),
             ('m2', 1, 1, '', 'n2', 'pending', 0, 3, NULL, '{"text":"waits"}', 'null');
    INSERT INTO transcript (session_no, turn_no, at, role, message_id, parts) VALUES (1, 1, 2, 'user', 'm1', '["hi"]')`)
  database.close()
}

describe('a database of the first version', () => {
  it('is brought to this one when it is opened, with all that is in it', async () => {
    writeFirstVersion()
    const store = openSqliteStore({ stateDir: stateDir.path })
    const agent = store.agent('atlas')
    expect(await agent.session('lane')).toMatchObject({ sessionId: 'session_1', settings: {} })
    expect(await agent.transcript('lane', { limit: 9, current: true })).toHaveLength(1)
    const work = await agent.claim({ owner: 'w', leaseMs: 1_000, limit: 9 })
    expect(work?.messages).toMatchObject([{ id: 'm2', attempt: 1, body: { text: 'waits' } }])
    expect(await agent.kept('lane')).toEqual([])
    await store.close()
  })

  it('is refused by a store that may only read, with what to do', async () => {
    writeFirstVersion()
    const store = openSqliteStore({ stateDir: stateDir.path, mode: 'read-only' })
    await expect(store.agent('atlas').sessions()).rejects.toMatchObject({
      code: 'READ_ONLY',
      message: expect.stringMatching(/version 1 .* Start the gateway once/),
    })
    await store.close()
  })
})
