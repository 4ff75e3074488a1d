import { chmod, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { mirrorSkills } from '@junctor/skills'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder, writeFiles } from './skill-files.ts'

let root: string
let target: string

beforeEach(async () => {
  root = await temporaryFolder()
  target = join(root, 'copies')
})
afterEach(() => rm(root, { recursive: true }))

const skill = (name: string) => ({ name, folder: join(root, name) })

describe('the copies of skills', () => {
  it('have their regular files and nothing that a link leads to', async () => {
    await writeFiles(root, {
      'maps/SKILL.md': 'maps',
      'maps/scripts/run.sh': '#!/bin/sh',
      secret: 'outside',
    })
    await chmod(join(root, 'maps/scripts/run.sh'), 0o755)
    await symlink(join(root, 'secret'), join(root, 'maps/stolen'))
    await symlink(root, join(root, 'maps/all'))
    await mirrorSkills([skill('maps')], target)
    expect((await readdir(join(target, 'maps'), { recursive: true })).sort()).toEqual([
      'SKILL.md',
      'scripts',
      'scripts/run.sh',
    ])
    expect((await stat(join(target, 'maps/scripts/run.sh'))).mode & 0o111).not.toBe(0)
  })

  it('follow what changes, and go when a skill goes', async () => {
    await writeFiles(root, { 'maps/SKILL.md': 'one', 'mail/SKILL.md': 'mail' })
    await mirrorSkills([skill('maps'), skill('mail')], target)
    const before = await stat(join(target, 'mail/SKILL.md'))
    await writeFile(join(root, 'maps/SKILL.md'), 'two')
    await utimes(join(root, 'maps/SKILL.md'), 1, 1)
    await mirrorSkills([skill('maps'), skill('mail')], target)
    expect(await readFile(join(target, 'maps/SKILL.md'), 'utf8')).toBe('two')
    expect((await stat(join(target, 'mail/SKILL.md'))).ino).toBe(before.ino)
    await mirrorSkills([skill('maps')], target, { keepOthers: true })
    expect((await readdir(target)).sort()).toEqual(['mail', 'maps'])
    await mirrorSkills([skill('maps')], target)
    expect(await readdir(target)).toEqual(['maps'])
  })

  it('are not made of a skill that is too large', async () => {
    await writeFiles(root, { 'big/SKILL.md': 'x'.repeat(33 * 1024 * 1024) })
    await expect(mirrorSkills([skill('big')], target)).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringMatching(/skill "big".*skills\.deny/),
    })
  })
})
