import { describe, expect, it } from 'vitest'
import { createKeyedWorkers } from './keyed-workers.ts'

interface Step {
  readonly name: string
  end(more?: boolean): void
}

/** Workers whose steps end when the test says so. */
function setUp({ maxActive = 10, maxActiveInGroup = 10 } = {}) {
  const started: Step[] = []
  const workers = createKeyedWorkers({
    run: (group, key) =>
      new Promise((resolve) => {
        started.push({ name: `${group}/${key}`, end: (more = false) => resolve(more) })
      }),
    maxActive,
    maxActiveInGroup: () => maxActiveInGroup,
  })
  const names = (): readonly string[] => started.map(({ name }) => name)
  const end = async (index: number, more = false): Promise<void> => {
    started[index]?.end(more)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { workers, names, end }
}

describe('keyed workers', () => {
  it('run one step of a key at a time, and another for every wake-up in between', async () => {
    const { workers, names, end } = setUp()
    workers.wake('a', '1')
    workers.wake('a', '1')
    workers.wake('a', '1')
    expect(names()).toEqual(['a/1'])
    await end(0)
    expect(names()).toEqual(['a/1', 'a/1'])
    await end(1)
    expect(names()).toEqual(['a/1', 'a/1'])
    expect(workers.size).toBe(0)
  })

  it('run a key again that asks for more, after the others', async () => {
    const { workers, names, end } = setUp({ maxActiveInGroup: 1 })
    workers.wake('a', '1')
    workers.wake('a', '2')
    await end(0, true)
    expect(names()).toEqual(['a/1', 'a/2'])
    await end(1)
    expect(names()).toEqual(['a/1', 'a/2', 'a/1'])
  })

  it('keep to the bound of a group without holding up another', () => {
    const { workers, names } = setUp({ maxActiveInGroup: 1 })
    workers.wake('a', '1')
    workers.wake('a', '2')
    workers.wake('b', '1')
    expect(names()).toEqual(['a/1', 'b/1'])
  })

  it('keep to the bound over all groups, and give a freed place to any of them', async () => {
    const { workers, names, end } = setUp({ maxActive: 1 })
    workers.wake('a', '1')
    workers.wake('b', '1')
    expect(names()).toEqual(['a/1'])
    await end(0)
    expect(names()).toEqual(['a/1', 'b/1'])
  })

  it('start nothing after a pause, and are idle when the last step ends', async () => {
    const { workers, names, end } = setUp({ maxActive: 1 })
    workers.wake('a', '1')
    workers.wake('a', '2')
    workers.pause()
    const idle = workers.idle()
    await end(0)
    await idle
    expect(names()).toEqual(['a/1'])
  })

  it('say which keys run or wait', () => {
    const { workers } = setUp({ maxActive: 1 })
    workers.wake('a', '1')
    workers.wake('a', '2')
    expect([workers.isActive('a', '1'), workers.isActive('a', '2')]).toEqual([true, true])
    expect([workers.isActive('a', '3'), workers.isActive('b', '1')]).toEqual([false, false])
  })

  it('take up no place while they wait aside, and go on when all places are taken', async () => {
    const { workers, names, end } = setUp({ maxActive: 1, maxActiveInGroup: 1 })
    const waited = Promise.withResolvers<string>()
    workers.wake('a', '1')
    workers.wake('a', '2')
    workers.wake('b', '1')
    const aside = workers.aside('a', () => waited.promise)
    expect(names()).toEqual(['a/1', 'a/2'])
    waited.resolve('done')
    expect(await aside).toBe('done')
    await end(0)
    // Two of one place ran; the next begins when both have gone.
    expect(names()).toEqual(['a/1', 'a/2'])
    await end(1)
    expect(names()).toEqual(['a/1', 'a/2', 'b/1'])
  })
})
