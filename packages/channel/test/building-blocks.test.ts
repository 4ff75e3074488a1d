import { createBackoff, createFlights, createHealthBoard, type Health } from '@junctor/channel'
import { describe, expect, it } from 'vitest'

const never = (): AbortSignal => new AbortController().signal

describe('a back-off', () => {
  it('doubles up to its longest pause, with a part at random, and begins anew after a reset', async () => {
    const asked: number[] = []
    const backoff = createBackoff({
      firstBackoffMs: 4,
      maxBackoffMs: 10,
      random() {
        asked.push(backoff.failures)
        return 0
      },
    })
    const pauses: number[] = []
    for (let failure = 0; failure < 3; failure += 1) {
      const startedAt = performance.now()
      await backoff.pause(never())
      pauses.push(performance.now() - startedAt)
    }
    expect(backoff.failures).toBe(3)
    expect(asked).toEqual([1, 2, 3])
    // Half of 4, 8 and 10: timers may be late, never early by more than a millisecond.
    for (const [index, least] of [2, 4, 5].entries())
      expect(pauses[index]).toBeGreaterThanOrEqual(least - 1)
    backoff.reset()
    expect(backoff.failures).toBe(0)
  })

  it('waits no longer than its signal', async () => {
    const backoff = createBackoff({ firstBackoffMs: 3_600_000, maxBackoffMs: 3_600_000 })
    await backoff.pause(AbortSignal.abort(), 3_600_000)
    expect(backoff.failures).toBe(1)
  })
})

describe('calls in flight', () => {
  it('are let finish when a connection closes, and new ones are refused', async () => {
    const { run, land } = createFlights('pigeon')
    const loft = Promise.withResolvers<string>()
    const flight = run(never(), () => loft.promise)
    const landed = land(never())
    await expect(run(never(), async () => 'late')).rejects.toMatchObject({
      code: 'CLOSED',
      channel: 'pigeon',
    })
    loft.resolve('home')
    expect(await flight).toBe('home')
    await landed
  })

  it('are cut off when closing has to end', async () => {
    const { run, land } = createFlights('pigeon')
    const flight = run(
      never(),
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('cut off')))
        }),
    )
    flight.catch(() => {})
    await land(AbortSignal.abort())
    await expect(flight).rejects.toThrow('cut off')
  })

  it('do not begin when their signal is aborted already', async () => {
    let hasBegun = false
    const { run } = createFlights('pigeon')
    const flight = run(AbortSignal.abort(), async () => (hasBegun = true))
    await expect(flight).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(hasBegun).toBe(false)
  })
})

describe('a health board', () => {
  const online = { state: 'online' } as const
  const unstored = { state: 'degraded', reason: 'incoming messages could not be stored' } as const

  it('reports the worst of its parts, and only when that changes', () => {
    const reports: Health[] = []
    const board = createHealthBoard({ report: (health) => void reports.push(health) })
    board.set('credentials', online)
    expect(reports.splice(0)).toEqual([{ state: 'connecting', reason: 'connecting' }])
    board.set('connection', online)
    board.set('connection', online)
    expect(reports.splice(0)).toEqual([online])
    board.set('credentials', { state: 'needs-login', reason: 'revoked' })
    board.set('connection', { state: 'offline', reason: 'cut' })
    expect(reports.splice(0)).toEqual([{ state: 'needs-login', reason: 'revoked' }])
    board.set('credentials', online)
    expect(reports.splice(0)).toEqual([{ state: 'offline', reason: 'cut' }])
  })

  it('calls an account degraded whose messages cannot be stored, until one is', () => {
    const reports: Health[] = []
    const board = createHealthBoard({ report: (health) => void reports.push(health) })
    board.storing(true)
    expect(reports).toEqual([])
    board.set('connection', online)
    board.storing(false)
    board.storing(false)
    board.storing(true)
    expect(reports).toEqual([online, unstored, online])
  })
})
