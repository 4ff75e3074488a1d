import { describe, expect, it } from 'vitest'
import { createClock } from './clock.ts'

describe('a scripted clock', () => {
  it('stands still until it is told to move', async () => {
    const clock = createClock({ startMs: 1000 })
    expect(clock.now()).toBe(1000)
    await clock.advance(500)
    expect(clock.now()).toBe(1500)
  })

  it('wakes sleepers in the order they are due, at their time', async () => {
    const clock = createClock({ startMs: 0 })
    const woken: [string, number][] = []
    const sleep = (name: string, ms: number): Promise<void> =>
      clock.sleep(ms).then(() => void woken.push([name, clock.now()]))
    const both = Promise.all([sleep('late', 20), sleep('early', 10)])
    await clock.advance(100)
    await both
    expect(woken).toEqual([
      ['early', 10],
      ['late', 20],
    ])
  })

  it('lets one who wakes sleep again inside the same span', async () => {
    const clock = createClock({ startMs: 0 })
    const ticks: number[] = []
    const ticking = (async () => {
      for (let count = 0; count < 3; count += 1) {
        await clock.sleep(10)
        ticks.push(clock.now())
      }
    })()
    await clock.advance(35)
    await ticking
    expect(ticks).toEqual([10, 20, 30])
  })

  it('wakes by signal and forgets the sleeper', async () => {
    const clock = createClock()
    const abort = new AbortController()
    const sleeping = clock.sleep(10, abort.signal)
    abort.abort(new Error('enough'))
    await expect(sleeping).rejects.toThrow('enough')
    await expect(clock.sleep(1, abort.signal)).rejects.toThrow('enough')
    expect(clock.sleeping()).toBe(0)
  })
})
