import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import type { Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dayOf } from './day.ts'
import { createLedger, type Reservation } from './ledger.ts'
import type { DayLimits, Spending } from './spending.ts'

const noon = new Date(2026, 7, 12, 12).getTime()
const never = new AbortController().signal

describe('a ledger', () => {
  let stateDir: string
  let store: Store
  let at: number
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'junctor-ledger-'))
    store = openSqliteStore({ stateDir })
    at = noon
  })
  afterEach(async () => {
    await store.close()
    rmSync(stateDir, { recursive: true, force: true })
  })
  const open = () => {
    const ledger = createLedger({ store, now: () => at })
    const reserve = (limits: DayLimits, ask: Partial<Spending>, signal = never) =>
      ledger.reserve('home', limits, ask, signal)
    return { ledger, reserve }
  }
  const refusal = (limit: keyof DayLimits) => ({
    code: 'OVER_BUDGET',
    details: { limit, until: dayOf(at).endsAt },
  })

  it('counts what was really spent, and refuses what does not fit', async () => {
    const { ledger, reserve } = open()
    const limits = { tokensPerDay: 1_000 }
    const first = await reserve(limits, { tokens: 900 })
    expect(ledger.today('home').tokens).toBe(0)
    await first.settle({ tokens: 300 })
    await first.settle({ tokens: 300 })
    expect(ledger.today('home').tokens).toBe(300)
    await expect(reserve(limits, { tokens: 701 })).rejects.toMatchObject({
      ...refusal('tokensPerDay'),
      message: 'agent "home" is over budget: tokensPerDay allows 1,000, and 300 are used today.',
    })
    expect(ledger.overrunOf('home', limits)).toMatchObject({ limit: 'tokensPerDay', used: 300 })
    // A higher limit is another question.
    expect(ledger.overrunOf('home', { tokensPerDay: 5_000 })).toBeUndefined()
    await expect(reserve({ tokensPerDay: 5_000 }, { tokens: 701 })).resolves.toBeDefined()
  })

  it('waits for what is only set aside, and ends the wait with its signal', async () => {
    const { reserve } = open()
    const limits = { tokensPerDay: 1_000 }
    const first = await reserve(limits, { tokens: 900 })
    const order: string[] = []
    const second = reserve(limits, { tokens: 500 }).then((found) => {
      order.push('reserved')
      return found
    })
    const given = new AbortController()
    const third = reserve(limits, { tokens: 500 }, given.signal)
    given.abort(new Error('enough'))
    await expect(third).rejects.toThrow('enough')
    order.push('settled')
    await first.settle({ tokens: 100 })
    await (await second).settle({ tokens: 1 })
    expect(order).toEqual(['settled', 'reserved'])
  })

  it('gives a turn the time that is left', async () => {
    const { ledger, reserve } = open()
    const limits = { wallTimePerDayMs: 1_000 }
    const first = await reserve(limits, { turns: 1, wallTimeMs: 600_000 })
    expect(first.reserved).toMatchObject({ turns: 1, wallTimeMs: 1_000 })
    await first.settle({ turns: 1, wallTimeMs: 400 })
    const second = await reserve(limits, { turns: 1, wallTimeMs: 600_000 })
    expect(second.reserved.wallTimeMs).toBe(600)
    await second.settle({ turns: 1, wallTimeMs: 650 })
    await expect(reserve(limits, { wallTimeMs: 1 })).rejects.toMatchObject(
      refusal('wallTimePerDayMs'),
    )
    expect(ledger.today('home')).toMatchObject({ turns: 2, wallTimeMs: 1_050 })
  })

  it('begins anew at midnight', async () => {
    const { ledger, reserve } = open()
    const limits = { turnsPerDay: 1, usdPerDay: 1 }
    const late = await reserve(limits, { turns: 1, usd: 0.1 })
    await late.settle({ turns: 1, usd: 0.2 })
    expect(ledger.overrunOf('home', limits)).toMatchObject({ limit: 'turnsPerDay' })
    at = dayOf(noon).endsAt
    expect(ledger.overrunOf('home', limits)).toBeUndefined()
    await expect(reserve(limits, { turns: 1 })).resolves.toBeDefined()
    expect(dayOf(at).name).toBe('2026-08-13')
  })

  it('knows what an earlier process spent and what it left unsettled', async () => {
    const before = open()
    await (await before.reserve({}, { tokens: 400 })).settle({ tokens: 350 })
    await before.reserve({}, { tokens: 500 })
    await store.close()
    store = openSqliteStore({ stateDir })
    const { ledger, reserve } = open()
    await ledger.load(['home'])
    expect(ledger.today('home').tokens).toBe(850)
    await expect(reserve({ tokensPerDay: 1_000 }, { tokens: 151 })).rejects.toMatchObject(
      refusal('tokensPerDay'),
    )
  })

  it('keeps what was set aside when the process is killed', async () => {
    await store.close()
    const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)
    const script = `
      import { openSqliteStore } from ${here('../../../store-sqlite/src/index.ts')}
      import { createLedger } from ${here('./ledger.ts')}
      const store = openSqliteStore({ stateDir: ${JSON.stringify(stateDir)} })
      const ledger = createLedger({ store, now: () => ${noon} })
      await ledger.reserve('home', {}, { turns: 1, usd: 0.25 }, new AbortController().signal)
      process.kill(process.pid, 'SIGKILL')
      await new Promise(() => setInterval(() => {}, 1_000))
    `
    const args = ['--input-type=module', '--eval', script]
    const { signal, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(signal, stderr).toBe('SIGKILL')
    store = openSqliteStore({ stateDir })
    const { ledger } = open()
    await ledger.load(['home'])
    expect(ledger.today('home')).toMatchObject({ turns: 1, usd: 0.25 })
  })

  it('never lets what runs at the same time pass a limit together', async () => {
    const limits = { tokensPerDay: 1_000 }
    const asks = fc.array(
      fc.record({
        ask: fc.integer({ min: 1, max: 600 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    let day = 0
    await fc.assert(
      fc.asyncProperty(asks, async (wanted) => {
        day += 1
        at = new Date(2026, 7, 12 + day, 12).getTime()
        // Two processes on one store.
        const ledgers = [open(), open()]
        let outstanding = 0
        let spent = 0
        await Promise.all(
          wanted.map(async ({ ask, share }, index) => {
            let held: Reservation
            try {
              held = await (ledgers[index % 2] ?? open()).reserve(limits, { tokens: ask })
            } catch {
              return
            }
            outstanding += ask
            expect(outstanding + spent).toBeLessThanOrEqual(1_000)
            await Promise.resolve()
            const used = Math.floor(ask * share)
            outstanding -= ask
            spent += used
            // What is held counts until its settlement is written.
            await held.settle({ tokens: used })
          }),
        )
        const fresh = open()
        await fresh.ledger.load(['home'])
        expect(fresh.ledger.today('home').tokens).toBe(spent)
        expect(spent).toBeLessThanOrEqual(1_000)
      }),
      { numRuns: 60 },
    )
  })
})
