import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation, type Outcome } from './installation.ts'

let installation: Installation
let folder: string

beforeEach(async () => {
  installation = await createInstallation()
  folder = join(installation.directory, 'junctor-channel-pigeon')
})
afterEach(() => installation.close())

function node(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder, env: {} }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
      resolve({ code, stdout, stderr })
    })
  })
}

const compile = (): Promise<Outcome> => node('node_modules/.bin/tsc', '-p', '.')
const test = (): Promise<Outcome> => node('--test', '--test-reporter=tap', 'test/*.test.ts')

describe('junctor channels new', () => {
  it('makes a package that compiles, with tests that fail until it works', async () => {
    const made = await installation.run('channels', 'new', 'pigeon')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(made.stdout).toContain('test/contract.test.ts')
    expect(made.stdout).toContain('linked to this checkout')

    expect(await compile()).toMatchObject({ code: 0, stdout: '' })
    const exported: unknown = await import(join(folder, 'dist/index.js'))
    expect(exported).toMatchObject({ channel: { spec: 'channel-v1', id: 'pigeon' } })
    const unwritten = await test()
    expect(unwritten.code).toBe(1)
    expect(unwritten.stdout).toMatch(/# fail [1-9]\d/)
    expect(unwritten.stdout).toContain('pigeon: open is not written yet')

    // The simulator in the place of a platform: now every rule holds.
    await writeFile(
      join(folder, 'src/channel.ts'),
      `import { createSimChannel } from '@junctor/testkit'
       export const channel = createSimChannel({ id: 'pigeon' }).channel`,
    )
    await writeFile(
      join(folder, 'test/harness.ts'),
      `import { simHarness } from '@junctor/testkit/channel-suite'
       export const harness = () => simHarness({ id: 'pigeon' })`,
    )
    const written = await test()
    expect(written.stdout).toMatch(/# fail 0/)
    expect(written.code).toBe(0)
  }, 90_000)

  it('names itself, its settings and its folder after the platform', async () => {
    const made = await installation.json(
      'channels',
      'new',
      'carrier-pigeon',
      '--dir',
      'loft',
      '--json',
    )
    expect(made).toMatchObject({ name: 'carrier-pigeon', folder: expect.stringMatching(/loft$/) })
    const loft = join(installation.directory, 'loft')
    const readme = await readFile(join(loft, 'README.md'), 'utf8')
    expect(readme).toContain('# `junctor-channel-carrier-pigeon`\n\n`carrier-pigeon` as a')
    expect(readme).toContain('${CARRIER_PIGEON_TOKEN}')
    // No placeholder is left, nor what a formatter of Markdown would make of one.
    expect(readme).not.toMatch(/__|\*\*name/)
    expect(await readFile(join(loft, '.gitignore'), 'utf8')).toContain('node_modules')
  })

  it('refuses a name that no config could use, and overwrites nothing', async () => {
    const wrong = await installation.run('channels', 'new', '../Pigeon')
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('"../Pigeon"') })
    const own = await installation.run('channels', 'new', 'telegram')
    expect(own).toMatchObject({ code: 2, stderr: expect.stringContaining('"telegram" is a') })
    await mkdir(folder)
    await writeFile(join(folder, 'precious.txt'), 'mine')
    const taken = await installation.run('channels', 'new', 'pigeon')
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('--dir') })
    expect(await readFile(join(folder, 'precious.txt'), 'utf8')).toBe('mine')
  })
})
