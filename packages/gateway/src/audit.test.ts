import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '@junctor/store-sqlite'
import { expect, it } from 'vitest'
import { createAudit, readAudit, type AuditEntry } from './audit.ts'

it('keeps the newest thousand decisions about an agent', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-audit-'))
  const store = openSqliteStore({ stateDir })
  let clock = 1_700_000_000_000
  const now = (): number => (clock += 1)
  const audit = createAudit({ store, now })
  const entries = (from: number, count: number): AuditEntry[] =>
    Array.from({ length: count }, (_, index) => ({
      at: from + index,
      decision: 'denied',
      sessionKey: 's',
      tool: 'exec',
      rule: 'r',
    }))
  await audit.record('a', entries(0, 1_000))
  await audit.record('a', entries(1_000, 5))
  const kept = await readAudit(store, 'a', { limit: 5_000 })
  expect(kept).toHaveLength(1_000)
  expect([kept[0]?.at, kept.at(-1)?.at]).toEqual([5, 1_004])
  expect((await readAudit(store, 'a', { limit: 2 })).map(({ at }) => at)).toEqual([1_003, 1_004])
  expect(await readAudit(store, 'b', { limit: 2 })).toEqual([])
  await store.close()
  await rm(stateDir, { recursive: true })
})
