import { describe, expect, test } from 'vitest'
import { compileTimeWindow, type TimeWindow } from './time-window.ts'

const berlin = 'Europe/Berlin'

function isInside(window: TimeWindow, time: string): boolean {
  return compileTimeWindow(window, 'UTC')(Date.parse(time))
}

describe('a time window', () => {
  test.each<readonly [TimeWindow, string, boolean]>([
    [{ from: '09:00', to: '17:00' }, '2026-08-12T09:00:00Z', true],
    [{ from: '09:00', to: '17:00' }, '2026-08-12T17:00:00Z', false],
    [{ from: '18:00', to: '08:00' }, '2026-08-12T23:59:59Z', true],
    [{ from: '18:00', to: '08:00' }, '2026-08-12T07:59:59Z', true],
    [{ from: '18:00', to: '08:00' }, '2026-08-12T12:00:00Z', false],
    [{}, '2026-08-12T12:00:00Z', true],
    [{ from: '12:00' }, '2026-08-12T11:59:00Z', false],
    [{ days: ['sat', 'sun'] }, '2026-08-15T23:59:00Z', true],
    [{ days: ['sat', 'sun'] }, '2026-08-14T12:00:00Z', false],
    // The night that begins on Friday ends on Saturday.
    [{ from: '18:00', to: '08:00', days: ['fri'] }, '2026-08-15T02:00:00Z', true],
    [{ from: '18:00', to: '08:00', days: ['fri'] }, '2026-08-14T02:00:00Z', false],
    // The same hour on the wall in summer and in winter.
    [{ from: '09:00', to: '10:00', timeZone: berlin }, '2026-08-12T07:30:00Z', true],
    [{ from: '09:00', to: '10:00', timeZone: berlin }, '2026-12-12T07:30:00Z', false],
    [{ from: '09:00', to: '10:00', timeZone: berlin }, '2026-12-12T08:30:00Z', true],
    [{ days: ['mon'], timeZone: 'Pacific/Auckland' }, '2026-08-16T13:00:00Z', true],
  ])('%j at %s: %s', (window, time, expected) => {
    expect(isInside(window, time)).toBe(expected)
  })

  test('no time at all is outside', () => {
    const isIn = compileTimeWindow({}, 'UTC')
    expect([Number.NaN, Number.POSITIVE_INFINITY, 9e15].map(isIn)).toEqual([false, false, false])
  })

  test.each<readonly [TimeWindow, string]>([
    [{ from: '8:00' }, 'from is "8:00"; write a time such as "18:00"'],
    [{ to: '24:00' }, 'to is "24:00"'],
    [{ timeZone: 'Mars/Base' }, 'timeZone is "Mars/Base"; write a name such as "Europe/Berlin"'],
  ])('%j cannot be read: %s', (window, reason) => {
    expect(() => compileTimeWindow(window, 'UTC')).toThrow(reason)
  })
})
