import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runChild } from './child.ts'
import { readWorkspace, root } from './workspace.ts'

const examples = readWorkspace().filter(({ folder }) => folder.startsWith('examples/'))

describe.each(examples)('$folder', ({ folder, manifest }) => {
  it('runs to its end and checks itself', async () => {
    // An example that serves until it is stopped has a second program that uses it.
    const [program, ...args] = (manifest.scripts?.['check'] ?? '').split(' ')
    expect(program, 'the script "check" runs a program with Node').toBe('node')
    const result = await runChild(process.execPath, args, { cwd: join(root, folder) })
    expect(result.code, result.output).toBe(0)
  }, 90_000)
})
