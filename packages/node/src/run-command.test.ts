import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { runCommand } from './run-command.ts'

const place = {
  folder: tmpdir(),
  maxOutputBytes: 1_000,
  env: { PATH: process.env['PATH'], HOME: '/nowhere', SECRET: 'marked-3f1a' },
}
const never = new AbortController().signal

const run = (program: string, args: readonly string[], timeoutMs = 60_000, signal = never) =>
  runCommand({ program, args, timeoutMs }, place, signal)

/** A shell that leaves a program behind, and says which. */
const leaving = ['-c', 'sleep 300 & echo $!; sleep 300']

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The killed are there until somebody has looked at how they ended. */
async function expectGone(output: string): Promise<void> {
  const pid = Number(output)
  expect(pid).toBeGreaterThan(1)
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
}

describe('a command on a node', () => {
  it('gets its arguments as they are, without a shell, and nothing of the environment', async () => {
    const end = await run('printf', ['%s|', '$HOME', '*', ';', '`id`'])
    expect(end).toEqual({ exitCode: 0, output: '$HOME|*|;|`id`|', isCut: false })
    const { output } = await run('env', [])
    expect(output).toContain('HOME=/nowhere')
    expect(output).not.toContain('marked-3f1a')
  })

  it('has its exit code and both of its outputs', async () => {
    const end = await run('sh', ['-c', 'echo out; echo err >&2; exit 7'])
    expect(end).toMatchObject({ exitCode: 7, isCut: false })
    expect(end.output.split('\n').toSorted()).toEqual(['', 'err', 'out'])
  })

  it('keeps the beginning of what it prints, and goes on to its end', async () => {
    const end = await run('sh', ['-c', 'head -c 5000000 /dev/zero | tr "\\0" x; exit 3'])
    expect(end).toEqual({ exitCode: 3, output: 'x'.repeat(1_000), isCut: true })
  })

  it('ends when its time is up, with everything that it started', async () => {
    const end = await run('sh', leaving, 500)
    expect(end).toMatchObject({ reason: 'stopped after 500 ms' })
    expect(end.exitCode).toBeUndefined()
    await expectGone(end.output)
  })

  it('ends with the signal, and leaves nothing behind when it ends by itself', async () => {
    const stop = new AbortController()
    const ended = run('sleep', ['300'], 60_000, stop.signal)
    stop.abort()
    await expect(ended.then(({ reason }) => reason, String)).resolves.toMatch(/stopped|Abort/)
    const left = await run('sh', ['-c', 'sleep 300 & echo $!'])
    expect(left.exitCode).toBe(0)
    await expectGone(left.output)
  })

  it('is refused when it cannot be started', async () => {
    await expect(run('no-such-program', [])).rejects.toMatchObject({ code: 'NODE_REFUSED' })
    await expect(run('env', ['a\0b'])).rejects.toMatchObject({ code: 'NODE_REFUSED' })
  })
})
