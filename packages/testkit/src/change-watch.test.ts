import { describe, expect, it } from 'vitest'
import { createChangeWatch } from './change-watch.ts'

describe('waiting for a change', () => {
  it('ends with the change that makes the predicate true', async () => {
    const watch = createChangeWatch()
    let value = 0
    const waiting = watch.waitFor(() => value === 2)
    for (value = 1; value < 3; value += 1) watch.changed()
    await waiting
  })

  it('is over at once when the predicate holds already', async () => {
    await createChangeWatch().waitFor(() => true)
  })

  it('fails with the predicate it waited for', async () => {
    const never = createChangeWatch().waitFor(() => Number('1') > 2, { timeoutMs: 1 })
    await expect(never).rejects.toThrow(/Number\(.1.\) > 2/)
  })

  it('fails with the error of the predicate', async () => {
    const broken = createChangeWatch().waitFor(() => {
      throw new Error('broken')
    })
    await expect(broken).rejects.toThrow('broken')
  })
})
