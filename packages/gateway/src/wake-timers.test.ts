import { describe, expect, it } from 'vitest'
import { createWakeTimers } from './wake-timers.ts'

describe('a wake timer', () => {
  it('that fires before its time by the clock waits for the rest', async () => {
    const times = [100, 104.5, 104.9, 105]
    let read = 0
    const now = (): number => times[Math.min(read++, times.length - 1)] ?? 0
    const timers = createWakeTimers(now)
    const wokenAt = await new Promise((resolve) => {
      timers.wakeAt(105, () => resolve(times[Math.min(read, times.length) - 1]))
    })
    expect(wokenAt).toBe(105)
  })

  it('is forgotten with the others', async () => {
    const timers = createWakeTimers(() => 0)
    let isWoken = false
    timers.wakeAt(0, () => {
      isWoken = true
    })
    timers.clear()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(isWoken).toBe(false)
  })
})
