import { describe, expect, it } from 'vitest'
import { describeSchedule, nextTime, readSchedule, type WrittenSchedule } from './schedule.ts'

const now = Date.parse('2026-03-01T12:00:00Z')
const limits = { now, shortestIntervalMs: 60_000 }
const read = (written: WrittenSchedule) => readSchedule(written, limits)

/** The next times after `from`, as text. */
function times(written: WrittenSchedule, from: string, count: number): readonly string[] {
  const schedule = read(written)
  const found: string[] = []
  let after = Date.parse(from)
  while (found.length < count) {
    const next = nextTime(schedule, after)
    if (next === undefined) break
    found.push(new Date(next).toISOString().slice(0, 16))
    after = next
  }
  return found
}

describe('a schedule', () => {
  it.each([
    [{ at: now + 1 }, now + 1],
    [{ at: '2026-06-01T10:00:00Z' }, Date.parse('2026-06-01T10:00:00Z')],
    [{ at: '2026-06-01T10:00', timeZone: 'Asia/Tokyo' }, Date.parse('2026-06-01T01:00:00Z')],
    [
      { at: '2026-06-01T10:00:00+05:00', timeZone: 'Asia/Tokyo' },
      Date.parse('2026-06-01T05:00:00Z'),
    ],
  ])('for one time is read from %j', (written, at) => {
    const schedule = read(written)
    expect(schedule).toEqual({ kind: 'at', at })
    expect(nextTime(schedule, at - 1)).toBe(at)
    expect(nextTime(schedule, at)).toBeUndefined()
  })

  it('of an interval counts from when it was made, also over a clock that jumps', () => {
    const schedule = read({ everyMs: 90_000 })
    expect(nextTime(schedule, now)).toBe(now + 90_000)
    expect(nextTime(schedule, now + 90_000)).toBe(now + 180_000)
    expect(nextTime(schedule, now + 10_000_001)).toBe(now + 10_080_000)
    expect(nextTime(schedule, now - 5_000_000)).toBe(now + 90_000)
  })

  it('by the clock keeps to it when summer time begins and ends', () => {
    const written = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' }
    // 02:30 is not there on the 29th of March, and there twice on the 25th of October.
    expect(times(written, '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30',
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
    expect(times(written, '2026-10-24T00:00:00Z', 3)).toEqual([
      '2026-10-24T00:30',
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    expect(times({ ...written, timeZone: 'UTC' }, '2026-03-28T00:00:00Z', 2)).toEqual([
      '2026-03-28T02:30',
      '2026-03-29T02:30',
    ])
  })

  it('says in words when it is', () => {
    expect(describeSchedule(read({ everyMs: 7_200_000 }))).toBe('every 2 hours')
    expect(describeSchedule(read({ everyMs: 90_000 }))).toBe('every 90 seconds')
    expect(describeSchedule(read({ cron: '0 9 * * 1', timeZone: 'UTC' }))).toBe('0 9 * * 1 (UTC)')
    expect(describeSchedule(read({ at: '2026-06-01T10:00Z' }))).toBe(
      'once, at 2026-06-01T10:00:00.000Z',
    )
  })

  it.each([
    [{}, 'say when'],
    [{ at: now + 1, cron: '* * * * *' }, 'say when'],
    [{ at: now }, 'is over already'],
    [{ at: '2025-01-01T00:00Z' }, 'is over already'],
    [{ at: 'tomorrow' }, '"tomorrow" is no time'],
    [{ at: '2026-02-31T10:00' }, 'is no time'],
    [{ at: 1.5 }, '1.5 is no time'],
    [{ everyMs: 0 }, 'must be a whole number'],
    [{ everyMs: 59_999 }, 'cron.shortestIntervalMs allows no less than 1 minutes'],
    [{ cron: '*/30 * * * * *' }, 'every 30 seconds, and cron.shortestIntervalMs'],
    [{ cron: '0,30 0 9 * * *' }, 'every 30 seconds'],
    [{ cron: '61 * * * *' }, 'cannot be read'],
    [{ cron: 'soon' }, 'cannot be read'],
    [{ cron: '0 0 31 2 *' }, 'never comes'],
    [{ cron: '* * * * *', timeZone: 'Mars/Base' }, 'no time zone "Mars/Base"'],
  ])('is refused where it says %j', (written, problem) => {
    expect(() => read(written)).toThrow(
      expect.objectContaining({ code: 'INVALID_JOB', message: expect.stringContaining(problem) }),
    )
  })
})
