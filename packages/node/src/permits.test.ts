import { describe, expect, it } from 'vitest'
import { isNodeName, isPermitted, isProgram } from './permits.ts'

describe('what a list of programs permits', () => {
  it.each(['git', '/usr/bin/git', 'g++', '/opt/my tools/a.b'])('names %s', (program) => {
    expect(isProgram(program)).toBe(true)
    expect(isPermitted([program], program)).toBe(true)
    expect(isPermitted([], program)).toBe(false)
  })

  it.each([
    '',
    ' ',
    './git',
    '../git',
    'bin/git',
    '~/git',
    '-c',
    'git status',
    '/usr/bin/',
    'a\0b',
    '/a\u001Bb',
  ])('names no %j', (program) => {
    expect(isProgram(program)).toBe(false)
    expect(isPermitted([program], program)).toBe(false)
  })

  it.each(['/usr/bin/git', 'GIT', 'git ', 'gi', './git', '/usr/bin/../bin/git', 'g\u200Bit'])(
    'does not take %j for git',
    (program) => expect(isPermitted(['git', '/bin/git'], program)).toBe(false),
  )

  it('names nodes so that they are one word anywhere', () => {
    for (const name of ['mac', 'mac-2', '0', 'a'.repeat(32)]) expect(isNodeName(name)).toBe(true)
    for (const name of ['', 'Mac', '-mac', 'a b', '../x', 'a'.repeat(33)])
      expect(isNodeName(name)).toBe(false)
  })
})
