import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fileVersion, watchFiles, writeFileAtomically } from '@junctor/config/file'
import { temporaryFolder } from './temporary-folder.ts'

interface Watch extends Disposable {
  /** Resolves at the next change. */
  change(): Promise<void>
  count(): number
  follow(paths: readonly (string | undefined)[]): void
}

function startWatch(path: string, lookEveryMs = 50): Watch {
  const abort = new AbortController()
  let count = 0
  let next = Promise.withResolvers<void>()
  const onChange = (): void => {
    count += 1
    next.resolve()
    next = Promise.withResolvers<void>()
  }
  const watch = watchFiles(onChange, { signal: abort.signal, quietMs: 20, lookEveryMs })
  watch.follow([fileVersion(path)])
  return {
    change: () => next.promise,
    count: () => count,
    follow: (paths) => {
      watch.follow(paths.map((each) => fileVersion(each ?? '')))
    },
    [Symbol.dispose]: () => {
      abort.abort()
    },
  }
}

describe('watchFiles', () => {
  test('sees writing, replacing, removing and making anew', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    await writeFile(path, 'one')
    // Never looks without being told.
    using watch = startWatch(path, 3_600_000)
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
    using watch = startWatch(path)
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
    watchFiles(onChange, { signal: abort.signal, quietMs: 1_000 }).follow([fileVersion(path)])
    await writeFile(join(folder.path, 'other.json'), 'x')
    for (const content of 'abcdef') await appendFile(path, content)
    await first.promise
    expect(changes).toEqual(['change'])

    using other = startWatch(path)
    const changed = other.change()
    await appendFile(path, 'g')
    await changed
    abort.abort()
    // Had every write a timer of its own, they would have ended by now.
    expect(changes.length).toBeLessThanOrEqual(2)
  })

  test('follows several files, and those that it is told of later', async () => {
    await using folder = await temporaryFolder()
    const [one, two, three] = ['one', 'two', 'deep/three'].map((name) => join(folder.path, name))
    await mkdir(join(folder.path, 'deep'))
    for (const path of [one, two, three]) await writeFile(path ?? '', '')
    using watch = startWatch(one ?? '', 3_600_000)
    const touch = async (path: string | undefined): Promise<void> => {
      const changed = watch.change()
      await appendFile(path ?? '', 'x')
      await changed
    }
    await touch(one)
    watch.follow([one, three])
    await touch(three)
    await touch(one)
    watch.follow([two])
    await touch(two)
  })

  test('tells of a file that changed between being read and being followed', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    await writeFile(path, 'one')
    const read = fileVersion(path)
    await writeFile(path, 'other')
    const abort = new AbortController()
    await new Promise<void>((resolve) => {
      watchFiles(resolve, { signal: abort.signal, lookEveryMs: 3_600_000 }).follow([read])
    })
    abort.abort()
  })

  test('ends with its signal, also before it began', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'junctor.json')
    const changes: string[] = []
    const onChange = (): void => {
      changes.push('change')
    }
    const ended = new AbortController()
    const options = { quietMs: 1, lookEveryMs: 5 }
    const watch = watchFiles(onChange, { signal: ended.signal, ...options })
    watch.follow([fileVersion(path)])
    ended.abort()
    watch.follow([fileVersion(path)])
    watchFiles(onChange, { signal: AbortSignal.abort(), ...options }).follow([fileVersion(path)])
    using other = startWatch(path)
    const changed = other.change()
    await writeFile(path, 'x')
    await changed
    expect(changes).toEqual([])
  })
})
