import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonValue } from '@junctor/agent'
import { createHostWorkbench } from '@junctor/tools'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTool, type ReadOptions } from '../src/files/read.ts'
import { toolContext } from './tool-context.ts'

let folder: string
let workspace: string

beforeEach(async () => {
  folder = await mkdtemp(join(await realpath(tmpdir()), 'junctor-read-'))
  workspace = join(folder, 'workspace')
  await mkdir(join(workspace, 'notes'), { recursive: true })
  await mkdir(join(folder, 'workspace-of-another'))
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'workspace-of-another', 'secret.txt'), 'secret')
  await writeFile(join(workspace, 'notes', 'plan.md'), 'one\ntwo\nthree\nfour\n')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const swapScript = `
  const { renameSync } = require('node:fs')
  process.chdir(process.argv[1])
  for (;;) {
    renameSync('inside', 'away')
    renameSync('link', 'inside')
    renameSync('inside', 'link')
    renameSync('away', 'inside')
  }
`

async function read(input: JsonValue, options?: ReadOptions): Promise<string> {
  return readTool(options).run(input, toolContext(createHostWorkbench({ folder: workspace })))
}

describe('reading', () => {
  it('gives a whole file as it is, by relative or absolute path', async () => {
    expect(await read({ path: 'notes/plan.md' })).toBe('one\ntwo\nthree\nfour')
    expect(await read({ path: './notes/../notes/plan.md' })).toBe('one\ntwo\nthree\nfour')
    expect(await read({ path: join(workspace, 'notes/plan.md') })).toBe('one\ntwo\nthree\nfour')
  })

  it('gives a part, and says where to go on', async () => {
    expect(await read({ path: 'notes/plan.md', offset: 2, limit: 2 })).toBe(
      'two\nthree\n\n[Lines 2 to 3 of 4. Go on with offset 4.]',
    )
    expect(await read({ path: 'notes/plan.md', offset: 4 })).toBe('four\n\n[Lines 4 to 4 of 4.]')
    expect(await read({ path: 'notes/plan.md', offset: 9 })).toBe(
      '["notes/plan.md" has 4 lines; there is no line 9.]',
    )
    expect(await read({ path: 'notes/plan.md' }, { maxLines: 1 })).toContain('[Lines 1 to 1 of 4.')
  })

  it('ends a long answer with a whole line, and cuts a line that is longer than an answer', async () => {
    expect(await read({ path: 'notes/plan.md' }, { maxLength: 9 })).toBe(
      'one\ntwo\n\n[Lines 1 to 2 of 4. Go on with offset 3.]',
    )
    await writeFile(join(workspace, 'long'), 'x'.repeat(20))
    expect(await read({ path: 'long' }, { maxLength: 5 })).toBe(
      'xxxxx\n\n[Lines 1 to 1 of 1. Line 1 is cut to 5 characters.]',
    )
  })

  it('says that a file is empty', async () => {
    await writeFile(join(workspace, 'empty'), '')
    expect(await read({ path: 'empty' })).toBe('["empty" is empty.]')
  })

  it('follows links that stay inside', async () => {
    await symlink('notes/plan.md', join(workspace, 'link'))
    await symlink(join(workspace, 'notes'), join(workspace, 'folder'))
    expect(await read({ path: 'link', limit: 1 })).toContain('one')
    expect(await read({ path: 'folder/plan.md', limit: 1 })).toContain('one')
  })

  it('works in a workspace that is itself reached through a link', async () => {
    const real = join(folder, 'real')
    await rename(workspace, real)
    await symlink(real, workspace)
    expect(await read({ path: 'notes/plan.md' })).toContain('one')
    expect(await read({ path: join(real, 'notes/plan.md') })).toContain('one')
  })
})

describe('a file outside of the workspace', () => {
  it.each([
    ['a parent', '../secret.txt'],
    ['a parent in the middle', 'notes/../../secret.txt'],
    ['a neighbour with the same beginning', '../workspace-of-another/secret.txt'],
    ['the system', '/etc/passwd'],
    ['what does not exist', '../nothing'],
    ['a kernel file', '/proc/self/environ'],
    ['a NUL byte', 'notes/plan.md\0.txt'],
  ])('is refused: %s', async (_name, path) => {
    await expect(read({ path })).rejects.toMatchObject({
      code: 'OUTSIDE_WORKSPACE',
      message: expect.stringContaining(workspace),
    })
    await expect(read({ path })).rejects.toThrow(JSON.stringify(path))
  })

  it('is refused when a link leads there, as a file, a folder or a chain', async () => {
    await symlink(join(folder, 'secret.txt'), join(workspace, 'file'))
    await symlink(folder, join(workspace, 'up'))
    await symlink('up', join(workspace, 'chain'))
    await symlink('/proc/self', join(workspace, 'self'))
    for (const path of ['file', 'up/secret.txt', 'chain/secret.txt', 'self/environ']) {
      await expect(read({ path })).rejects.toMatchObject({ code: 'OUTSIDE_WORKSPACE' })
    }
  })

  it('is never read while a folder on the way is swapped for a link', async () => {
    const inside = join(workspace, 'inside')
    await mkdir(inside)
    await writeFile(join(inside, 'secret.txt'), 'harmless')
    await symlink(folder, join(workspace, 'link'))
    // A process of its own, so that it swaps between any two steps of a read.
    const swapper = spawn(process.execPath, ['-e', swapScript, workspace], { stdio: 'ignore' })
    const outcomes = new Set<string>()
    try {
      for (let attempt = 0; attempt < 2_000 || outcomes.size < 3; attempt += 1) {
        const outcome = await read({ path: 'inside/secret.txt' }).catch(
          (error: { code: string }) => error.code,
        )
        outcomes.add(outcome)
      }
    } finally {
      swapper.kill('SIGKILL')
      await once(swapper, 'exit')
    }
    const expected = ['harmless', 'OUTSIDE_WORKSPACE', 'NOT_FOUND']
    expect([...outcomes].filter((outcome) => !expected.includes(outcome))).toEqual([])
  })
})

describe('what is no text file', () => {
  it('is refused: folders, pipes and sockets', async () => {
    execFileSync('mkfifo', [join(workspace, 'pipe')])
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(join(workspace, 'socket'), resolve))
    for (const path of ['notes', '.', 'pipe', 'socket']) {
      await expect(read({ path })).rejects.toMatchObject({ code: 'NOT_A_FILE' })
    }
    await new Promise((resolve) => server.close(resolve))
  })

  it('is refused: binary data', async () => {
    await writeFile(join(workspace, 'zeros'), new Uint8Array([65, 0, 66]))
    await writeFile(join(workspace, 'latin'), new Uint8Array([65, 0xe4, 66]))
    await expect(read({ path: 'zeros' })).rejects.toMatchObject({ code: 'BINARY' })
    await expect(read({ path: 'latin' })).rejects.toMatchObject({ code: 'BINARY' })
  })

  it('is refused: too large, missing, or gone behind a link', async () => {
    await expect(read({ path: 'notes/plan.md' }, { maxFileBytes: 18 })).rejects.toMatchObject({
      code: 'TOO_LARGE',
    })
    expect(await read({ path: 'notes/plan.md' }, { maxFileBytes: 19 })).toContain('four')
    await symlink('notes/plan.md', join(workspace, 'link'))
    await unlink(join(workspace, 'notes', 'plan.md'))
    for (const path of ['link', 'gone.md', 'notes/plan.md/more']) {
      await expect(read({ path })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    }
  })

  it.each([
    [null],
    [{}],
    [{ path: '' }],
    [{ path: 7 }],
    [{ path: 'a', offset: 0 }],
    [{ path: 'a', limit: 1.5 }],
  ])('is refused: the input %j', async (input) => {
    await expect(read(input)).rejects.toMatchObject({ code: 'INVALID_INPUT', tool: 'read' })
  })
})
