import type { Config } from '@junctor/config'
import type { Session } from '@junctor/store'
import { describe, expect, it } from 'vitest'
import { isStale } from './session-reset.ts'

const daily = { mode: 'daily', atHour: 4 } as const
const dm = { channel: 'telegram', accountId: 'a', peer: { kind: 'dm', id: '1' } } as const
const room = { ...dm, peer: { kind: 'group', id: '1' } } as const

const rules = (more: Partial<Config['session']> = {}): Pick<Config, 'session'> => ({
  session: {
    mainKey: 'main',
    dmScope: 'main',
    identityLinks: {},
    reset: daily,
    resetByType: {},
    resetByChannel: {},
    agentToAgent: { maxPingPongTurns: 5, maxHops: 12 },
    ...more,
  },
})
const at = (day: number, hour: number, minute = 0): number =>
  new Date(2026, 2, day, hour, minute).getTime()
const answered = (updatedAt: number, turns = 1): Session => ({
  sessionKey: 'agent:main:main',
  sessionId: 'session_1',
  createdAt: updatedAt,
  updatedAt,
  turns,
  inputTokens: 0,
  outputTokens: 0,
  settings: {},
})

describe('a session', () => {
  it.each([
    ['the evening before, at night', at(10, 22), at(11, 3, 59), false],
    ['the evening before, from the hour on', at(10, 22), at(11, 4), true],
    ['since the hour of the same day', at(11, 4), at(11, 23), false],
    ['before the hour of the same day', at(11, 3, 59), at(11, 4), true],
    ['days ago', at(2, 12), at(11, 2), true],
    // Clocks go forward in the night of March 29th in Europe, of March 8th in America.
    ['before a night that is an hour short', at(28, 22), at(29, 4), true],
    ['before a night that is an hour short, at its beginning', at(28, 22), at(29, 1), false],
  ])('that was last answered %s', (_when, before, now, expected) => {
    expect(isStale(rules(), answered(before), dm, now)).toBe(expected)
  })

  it('in which nothing was said is not begun anew', () => {
    expect(isStale(rules(), undefined, dm, at(11, 5))).toBe(false)
    expect(isStale(rules(), answered(at(2, 1), 0), dm, at(11, 5))).toBe(false)
  })

  it('begins anew after some quiet, alone or besides the hour', () => {
    const idle = rules({ reset: { mode: 'idle', atHour: 4, idleMinutes: 30 } })
    expect(isStale(idle, answered(at(10, 3, 50)), dm, at(10, 4, 10))).toBe(false)
    expect(isStale(idle, answered(at(10, 3, 50)), dm, at(10, 4, 20))).toBe(true)
    const both = rules({ reset: { ...daily, idleMinutes: 30 } })
    expect(isStale(both, answered(at(10, 12)), dm, at(10, 12, 29))).toBe(false)
    expect(isStale(both, answered(at(10, 12)), dm, at(10, 12, 30))).toBe(true)
    expect(isStale(both, answered(at(10, 3, 55)), dm, at(10, 4, 5))).toBe(true)
  })

  it('goes by the rule of its channel, else by that of its kind', () => {
    const off = { mode: 'off', atHour: 4 } as const
    const stale = (more: Partial<Config['session']>, from: typeof dm | typeof room): boolean =>
      isStale(rules(more), answered(at(2, 12)), from, at(11, 12))
    expect(stale({ resetByType: { group: off } }, dm)).toBe(true)
    expect(stale({ resetByType: { group: off } }, room)).toBe(false)
    const topic = { ...room, threadId: '7' }
    expect(stale({ resetByType: { thread: off } }, topic)).toBe(false)
    expect(stale({ resetByType: { group: off } }, topic)).toBe(true)
    expect(stale({ resetByChannel: { telegram: off }, resetByType: { dm: daily } }, dm)).toBe(false)
    expect(stale({ reset: off, resetByChannel: { telegram: daily } }, dm)).toBe(true)
    expect(stale({ reset: off, resetByChannel: { web: daily } }, dm)).toBe(false)
  })
})
