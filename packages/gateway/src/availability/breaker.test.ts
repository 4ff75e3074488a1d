import { describe, expect, it } from 'vitest'
import { createBreaker, verdictOf } from './breaker.ts'

function setUp() {
  const clock = { at: 1_000_000 }
  const breaker = createBreaker(() => clock.at)
  const fail = (times: number): void => {
    for (let time = 0; time < times; time += 1) breaker.ended('home', 'failed')
  }
  const isFailing = (): boolean => breaker.failing().has('home')
  return { clock, breaker, fail, isFailing }
}

describe('an agent whose turns fail', () => {
  it('counts as failing after five in a row, for a minute', () => {
    const { clock, breaker, fail, isFailing } = setUp()
    fail(4)
    expect(isFailing()).toBe(false)
    fail(1)
    expect(breaker.failing().get('home')).toBe(clock.at + 60_000)
    clock.at += 59_999
    expect(isFailing()).toBe(true)
    clock.at += 1
    expect(isFailing()).toBe(false)
  })

  it('is trusted again by one turn that goes well, and one turn at a time may show it', () => {
    const { clock, breaker, fail, isFailing } = setUp()
    fail(5)
    clock.at += 60_000
    breaker.begun('home')
    expect(isFailing()).toBe(true)
    breaker.ended('home', 'well')
    expect(isFailing()).toBe(false)
    fail(4)
    expect(isFailing()).toBe(false)
  })

  it('is left alone for another minute when that turn fails, and tried again when it says nothing', () => {
    const { clock, breaker, fail, isFailing } = setUp()
    fail(5)
    clock.at += 60_000
    breaker.begun('home')
    breaker.ended('home', 'undecided')
    expect(isFailing()).toBe(false)
    breaker.begun('home')
    fail(1)
    expect(breaker.failing().get('home')).toBe(clock.at + 60_000)
  })

  it('is not failing when its failures lie apart, or others do well in between', () => {
    const { clock, breaker, fail, isFailing } = setUp()
    for (let time = 0; time < 20; time += 1) {
      fail(1)
      clock.at += 75_001
    }
    fail(3)
    breaker.ended('home', 'well')
    fail(4)
    expect(isFailing()).toBe(false)
    expect(breaker.failing().has('work')).toBe(false)
  })

  it.each([
    ['answered', undefined, 'well'],
    ['silent', undefined, 'well'],
    ['failed', 'UNAUTHORIZED', 'failed'],
    ['failed', 'TURN_TIMEOUT', 'failed'],
    ['failed', 'OVER_BUDGET', 'undecided'],
    ['failed', 'INVALID_REQUEST', 'undecided'],
    ['handed back', undefined, 'undecided'],
  ])('a turn that ended %s (%s) says: %s', (outcome, code, verdict) => {
    expect(verdictOf(outcome, code)).toBe(verdict)
  })
})
