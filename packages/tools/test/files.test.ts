import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuiltinTools, createHostWorkbench } from '@junctor/tools'
import type { JsonValue } from '@junctor/agent'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toolContext } from './tool-context.ts'

let folder: string
const { tools } = createBuiltinTools()

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'junctor-files-')))
  await writeFile(join(folder, 'plan.md'), 'one\ntwo\nthree\ntwo\n')
})
afterEach(() => rm(folder, { recursive: true }))

const call = async (name: string, input: JsonValue): Promise<string> => {
  const tool = tools.find((one) => one.name === name)
  return tool === undefined ? '' : tool.run(input, toolContext(createHostWorkbench({ folder })))
}
const content = (path: string): Promise<string> => readFile(join(folder, path), 'utf8')

describe('write', () => {
  it('puts a whole file in place and says how large it is', async () => {
    expect(await call('write', { path: 'a/b.md', content: 'ü' })).toBe('Wrote 2 bytes to a/b.md.')
    expect(await content('a/b.md')).toBe('ü')
  })
})

describe('edit', () => {
  it('replaces the one piece that was named', async () => {
    await call('edit', { path: 'plan.md', oldText: 'three', newText: '$& 3' })
    expect(await content('plan.md')).toBe('one\ntwo\n$& 3\ntwo\n')
  })

  it('changes nothing when the piece is missing or stands there twice', async () => {
    for (const oldText of ['four', 'two'])
      await expect(call('edit', { path: 'plan.md', oldText, newText: 'x' })).rejects.toMatchObject({
        code: 'NO_MATCH',
      })
    expect(await content('plan.md')).toBe('one\ntwo\nthree\ntwo\n')
    await call('edit', { path: 'plan.md', oldText: 'two', newText: '2', all: true })
    expect(await content('plan.md')).toBe('one\n2\nthree\n2\n')
  })
})

describe('apply_patch', () => {
  const patch = (...lines: readonly string[]): Promise<string> =>
    call('apply_patch', { input: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n') })

  it('adds, updates, moves and deletes in one go', async () => {
    await writeFile(join(folder, 'old.md'), 'gone\n')
    await writeFile(join(folder, 'move.md'), 'stay\nchange\n')
    const said = await patch(
      '*** Add File: new/file.md',
      '+first',
      '+second',
      '*** Update File: plan.md',
      '@@ three',
      '-two',
      '+2',
      '*** Update File: move.md',
      '*** Move to: moved.md',
      ' stay',
      '-change',
      '+changed',
      '*** Delete File: old.md',
    )
    expect(said.split('\n')).toHaveLength(4)
    expect(await content('new/file.md')).toBe('first\nsecond\n')
    expect(await content('plan.md')).toBe('one\ntwo\nthree\n2\n')
    expect(await content('moved.md')).toBe('stay\nchanged\n')
    await expect(content('move.md')).rejects.toThrow('ENOENT')
    await expect(content('old.md')).rejects.toThrow('ENOENT')
  })

  it('finds its place from the top down, so that equal lines are told apart', async () => {
    await patch('*** Update File: plan.md', ' one', '-two', '+first two', '@@', '-two', '+last two')
    expect(await content('plan.md')).toBe('one\nfirst two\nthree\nlast two\n')
  })

  it('keeps the line ends and a missing newline of the file', async () => {
    await writeFile(join(folder, 'windows.txt'), 'a\r\nb')
    await patch('*** Update File: windows.txt', '-b', '+c', '+d')
    expect(await content('windows.txt')).toBe('a\r\nc\r\nd')
  })

  it('writes nothing at all when one piece does not fit', async () => {
    await expect(
      patch('*** Update File: plan.md', '-one', '+1', '*** Update File: plan.md', '-nowhere', '+x'),
    ).rejects.toMatchObject({ code: 'NO_MATCH', message: expect.stringContaining('nowhere') })
    await expect(patch('*** Add File: plan.md', '+x')).rejects.toMatchObject({ code: 'NO_MATCH' })
    await expect(
      patch('*** Add File: extra.md', '+x', '*** Delete File: missing.md'),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await content('plan.md')).toBe('one\ntwo\nthree\ntwo\n')
    await expect(content('extra.md')).rejects.toThrow('ENOENT')
  })

  it('refuses what is no patch, with the line', async () => {
    await expect(call('apply_patch', { input: 'hello' })).rejects.toThrow('Line 1 of the patch')
    await expect(patch('*** Rename File: x')).rejects.toThrow('Line 2 of the patch')
    await expect(patch('*** Add File: x', 'no plus')).rejects.toThrow('Line 3 of the patch')
    await expect(patch()).rejects.toThrow('Line 2 of the patch')
  })

  it('stays inside the workspace', async () => {
    await mkdir(join(folder, 'inner'))
    for (const line of ['*** Add File: ../escaped.md', '*** Add File: /tmp/escaped.md'])
      await expect(patch(line, '+x')).rejects.toMatchObject({ code: 'OUTSIDE_WORKSPACE' })
  })
})
