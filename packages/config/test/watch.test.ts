import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { watchConfigFile, writeFileAtomically } from '@junctor/config/file'
import { temporaryFolder } from './temporary-folder.ts'

interface Watch extends Disposable {
  /** Resolves at the next change. */
  change(): Promise<void>
  count(): number
}

async function startWatch(path: string, lookEveryMs = 50): Promise<Watch> {
  const abort = new AbortController()
  let count = 0
  let next = Promise.withResolvers<void>()
  const onChange = (): void => {
    count += 1
    next.resolve()
    next = Promise.withResolvers<void>()
  }
  await watchConfigFile(path, onChange, { signal: abort.signal, quietMs: 20, lookEveryMs })
  return {
    change: () => next.promise,
    count: () => count,
    [Symbol.dispose]: () => {
      abort.abort()
    },
  }
}

describe('watchConfigFile', () => {
  test('sees writing, replacing, removing and making anew', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    await writeFile(path, 'one')
    // Never looks without being told.
    using watch = await startWatch(path, 3_600_000)
    const steps: readonly (() => Promise<unknown>)[] = [
      () => appendFile(path, ' more'),
      () => writeFileAtomically(path, 'two'),
      async () => {
        await writeFile(`${path}.swp`, 'three')
        await rename(`${path}.swp`, path)
      },
      () => rm(path),
      () => writeFile(path, 'four'),
    ]
    for (const step of steps) {
      const changed = watch.change()
      await step()
      await changed
    }
    expect(watch.count()).toBeGreaterThanOrEqual(steps.length)
  })

  test('waits for a folder that is not there yet, and finds it again after it was replaced', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'later', 'junctor.json')
    using watch = await startWatch(path)
    for (const content of ['one', 'two']) {
      const changed = watch.change()
      await mkdir(join(folder.path, 'later'))
      await writeFile(path, content)
      await changed
      const gone = watch.change()
      await rm(join(folder.path, 'later'), { recursive: true })
      await gone
    }
  })

  test('tells of a burst once, and not of other files', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    await writeFile(path, '')
    const abort = new AbortController()
    const changes: string[] = []
    const first = Promise.withResolvers<void>()
    const onChange = (): void => {
      changes.push('change')
      first.resolve()
    }
    // So long that the whole burst fits in, however slow the machine is.
    await watchConfigFile(path, onChange, { signal: abort.signal, quietMs: 1_000 })
    await writeFile(join(folder.path, 'other.json'), 'x')
    for (const content of 'abcdef') await appendFile(path, content)
    await first.promise
    expect(changes).toEqual(['change'])

    using other = await startWatch(path)
    const changed = other.change()
    await appendFile(path, 'g')
    await changed
    abort.abort()
    // Had every write a timer of its own, they would have ended by now.
    expect(changes.length).toBeLessThanOrEqual(2)
  })

  test('ends with its signal, also before it began', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    const changes: string[] = []
    const onChange = (): void => {
      changes.push('change')
    }
    const ended = new AbortController()
    await watchConfigFile(path, onChange, { signal: ended.signal, quietMs: 1, lookEveryMs: 5 })
    ended.abort()
    await watchConfigFile(path, onChange, {
      signal: AbortSignal.abort(),
      quietMs: 1,
      lookEveryMs: 5,
    })
    using other = await startWatch(path)
    const changed = other.change()
    await writeFile(path, 'x')
    await changed
    expect(changes).toEqual([])
  })
})
