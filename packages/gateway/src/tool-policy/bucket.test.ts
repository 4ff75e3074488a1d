import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fill, type Bucket } from './bucket.ts'

const limit = { calls: 10, perMs: 60_000 }

describe('a bucket', () => {
  it('is full at first, and fills evenly up to its limit', () => {
    expect(fill(limit, undefined, 5)).toEqual({ tokens: 10, nextAt: 5 })
    expect(fill(limit, { tokens: 0, at: 0 }, 3_000)).toEqual({ tokens: 0.5, nextAt: 6_000 })
    expect(fill(limit, { tokens: 0, at: 0 }, 6_000)).toEqual({ tokens: 1, nextAt: 6_000 })
    expect(fill(limit, { tokens: 4, at: 0 }, 3_600_000).tokens).toBe(10)
  })

  it('holds no more than a limit that became smaller', () => {
    expect(fill({ ...limit, calls: 2 }, { tokens: 9, at: 0 }, 0).tokens).toBe(2)
  })

  it('gives nothing for a clock that went back, unless it was far ahead', () => {
    expect(fill(limit, { tokens: 0, at: 50_000 }, 10_000).tokens).toBe(0)
    expect(fill(limit, { tokens: 0, at: 900_000_000 }, 10_000).tokens).toBe(10)
  })

  it('never lets more through in any time than the limit and what comes back meanwhile', () => {
    const waits = fc.array(fc.nat({ max: 30_000 }), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 20 }), (steps, calls) => {
        const asked = { calls, perMs: 60_000 }
        let bucket: Bucket | undefined
        let at = 0
        const passed: number[] = []
        for (const step of steps) {
          at += step
          const { tokens, nextAt } = fill(asked, bucket, at)
          if (tokens < 1) {
            // What is told as the time to come back is right.
            expect(nextAt).toBeGreaterThan(at)
            expect(fill(asked, bucket, nextAt).tokens).toBeGreaterThanOrEqual(1 - 1e-6)
            continue
          }
          bucket = { tokens: tokens - 1, at }
          passed.push(at)
        }
        for (const [index, from] of passed.entries()) {
          const within = passed.slice(index).filter((time) => time < from + 60_000)
          expect(within.length).toBeLessThanOrEqual(2 * calls)
        }
      }),
    )
  })
})
