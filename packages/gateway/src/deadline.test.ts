import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createDeadline } from './deadline.ts'

const late = (): Error => new Error('too late')

describe('a deadline', () => {
  it('aborts after its time, with the reason for that', async () => {
    const parent = new AbortController()
    using deadline = createDeadline(parent.signal, 1, late)
    await new Promise((resolve) => deadline.signal.addEventListener('abort', resolve))
    expect(deadline.signal.reason).toMatchObject({ message: 'too late' })
  })

  it('aborts with its parent, before or after it was made', () => {
    const parent = new AbortController()
    using before = createDeadline(parent.signal, 60_000, late)
    parent.abort('stop')
    using after = createDeadline(parent.signal, 60_000, late)
    expect([before.signal.reason, after.signal.reason]).toEqual(['stop', 'stop'])
  })

  it('leaves nothing behind', () => {
    const parent = new AbortController()
    const deadline = createDeadline(parent.signal, 60_000, late)
    deadline[Symbol.dispose]()
    expect(getEventListeners(parent.signal, 'abort')).toEqual([])
    parent.abort()
    expect(deadline.signal.aborted).toBe(false)
  })
})
