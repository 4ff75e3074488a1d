import {
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyFolder } from './copy-folder.ts'

let folder: string
let source: string
let target: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'junctor-copy-'))
  source = join(folder, 'theirs')
  target = join(folder, 'ours')
  await mkdir(join(source, 'memory', 'deep'), { recursive: true })
  await writeFile(join(source, 'SOUL.md'), 'soul')
  await writeFile(join(source, 'memory', 'deep', 'day.md'), 'day', { mode: 0o750 })
  await writeFile(join(folder, 'outside.txt'), 'not theirs to give')
})
afterEach(() => rm(folder, { recursive: true }))

const copy = (isDryRun = false): ReturnType<typeof copyFolder> =>
  copyFolder(source, target, { isDryRun })

describe('copyFolder', () => {
  it('copies every file with its mode, and nothing twice', async () => {
    expect(await copy()).toEqual({ copied: 2, same: 0, kept: [], left: [], failed: [] })
    const copied = join(target, 'memory', 'deep', 'day.md')
    expect(await readFile(copied, 'utf8')).toBe('day')
    expect((await lstat(copied)).mode & 0o777).toBe(0o750)
    expect(await copy()).toEqual({ copied: 0, same: 2, kept: [], left: [], failed: [] })
    expect(await readdir(target)).toEqual(['SOUL.md', 'memory'])
  })

  it('replaces nothing that is there already', async () => {
    await mkdir(join(target, 'memory'), { recursive: true })
    await writeFile(join(target, 'SOUL.md'), 'ours')
    await writeFile(join(target, 'memory', 'deep'), 'a file where they have a folder')
    expect(await copy()).toEqual({
      copied: 0,
      same: 0,
      kept: [join(target, 'SOUL.md')],
      left: [
        {
          path: join(source, 'memory', 'deep'),
          reason: `${join(target, 'memory', 'deep')} is no folder`,
        },
      ],
      failed: [],
    })
    expect(await readFile(join(target, 'SOUL.md'), 'utf8')).toBe('ours')
  })

  it('goes on where it was interrupted', async () => {
    await mkdir(target)
    await writeFile(join(target, '.junctor-import'), 'half of a fi')
    expect(await copy()).toMatchObject({ copied: 2 })
    expect(await readdir(target)).toEqual(['SOUL.md', 'memory'])
  })

  it('keeps links inside as links, and follows none out', async () => {
    await symlink('SOUL.md', join(source, 'near'))
    await symlink(join(source, 'memory'), join(source, 'absolute'))
    await symlink('../outside.txt', join(source, 'far'))
    await symlink(folder, join(source, 'up'))
    await symlink('nowhere', join(source, 'broken'))
    await symlink('far', join(source, 'by-way-of-another'))
    const { copied, left } = await copy()
    expect(copied).toBe(4)
    expect(left.map(({ path }) => path)).toEqual(
      ['broken', 'by-way-of-another', 'far', 'up'].map((name) => join(source, name)),
    )
    expect(left[2]?.reason).toContain('a link that is not followed: it leads out of')
    expect(await readlink(join(target, 'near'))).toBe('SOUL.md')
    expect(await readlink(join(target, 'absolute'))).toBe('memory')
    expect(await copy()).toMatchObject({ copied: 0, same: 4 })
  })

  it('writes through no link that stands in the way', async () => {
    await mkdir(target)
    await symlink(folder, join(target, 'memory'))
    const { left } = await copy()
    expect(left.map(({ path }) => path)).toEqual([join(source, 'memory')])
    expect(await readdir(folder)).toEqual(['ours', 'outside.txt', 'theirs'])
  })

  it('copies the others when one cannot be', async () => {
    // A folder that nothing can be written to, whoever runs this.
    await mkdir(join(target, '.junctor-import'), { recursive: true })
    const outcome = await copy()
    expect(outcome).toMatchObject({ copied: 1, failed: [{ path: join(source, 'SOUL.md') }] })
    expect(await readdir(join(target, 'memory', 'deep'))).toEqual(['day.md'])
  })

  it('changes nothing in a dry run', async () => {
    expect(await copy(true)).toMatchObject({ copied: 2 })
    expect(await readdir(folder)).toEqual(['outside.txt', 'theirs'])
  })
})
