import { fileURLToPath } from 'node:url'
import { startProcess, watchProcess, type IsolatedProcess } from '@junctor/isolation'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

let guest: IsolatedProcess
let printed: string[]

beforeEach(() => {
  printed = []
  guest = startProcess({
    module: fileURLToPath(new URL('guest.ts', import.meta.url)),
    args: ['one', 'two'],
    memoryLimitMb: 64,
    env: { COLOUR: 'blue' },
    handlers: {
      plus: ([value]) => Number(value) + 1,
      refuse: () => {
        throw Object.assign(new Error('not you'), { code: 'REFUSED' })
      },
    },
    toError: (failure) => Object.assign(new Error(failure.message), failure),
    endError: (reason) => new Error(`it ended: ${reason}`),
    printed: (line) => printed.push(line),
  })
})
afterEach(async () => {
  guest.kill()
  await guest.ended
})

describe('a process', () => {
  it('is called and calls back, with what it was given and nothing else', async () => {
    expect(await guest.wire.call('twice', ['ab'])).toBe('abab')
    expect(await guest.wire.call('ask', ['plus'])).toBe('host says 2')
    expect(await guest.wire.call('args', [])).toEqual(['one', 'two'])
    expect(await guest.wire.call('environment', [])).toMatchObject({ COLOUR: 'blue' })
    expect(Object.keys((await guest.wire.call('environment', [])) as object)).not.toContain('PATH')
  })

  it('fails in either direction with message and code', async () => {
    await expect(guest.wire.call('fail', [])).rejects.toMatchObject({
      message: 'no',
      code: 'NO',
      retryAfterMs: 5,
    })
    await expect(guest.wire.call('ask', ['refuse'])).rejects.toMatchObject({ code: 'REFUSED' })
    await expect(guest.wire.call('toString', [])).rejects.toThrow('nothing called "toString"')
  })

  it('is told to stop a call', async () => {
    const stop = new AbortController()
    const waiting = guest.wire.call('wait', [], { signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toThrow('told to stop')
  })

  it('fails what it was asked when it ends, and everything after', async () => {
    await guest.wire.call('say', ['last words'])
    await vi.waitFor(() => expect(printed).toEqual(['last words']))
    await expect(guest.wire.call('exit', [3])).rejects.toThrow(
      'it ended: exit code 3 (it last printed: last words)',
    )
    await expect(guest.wire.call('twice', ['ab'])).rejects.toThrow('it ended')
  })
})

describe('watching a process', () => {
  it('ends one that does not answer', async () => {
    await guest.wire.call('twice', ['up'])
    const reasons: string[] = []
    watchProcess(guest, { silenceMs: 400, ending: (reason) => reasons.push(reason) })
    await expect(guest.wire.call('spin', [])).rejects.toThrow('it ended: signal SIGKILL')
    expect(reasons).toEqual(['it did not answer for 400 ms'])
  })

  it('ends one that has become too large', async () => {
    await guest.wire.call('twice', ['up'])
    const reasons: string[] = []
    watchProcess(guest, {
      silenceMs: 400,
      memoryLimitBytes: 1,
      ending: (reason) => reasons.push(reason),
    })
    await guest.ended
    expect(reasons).toEqual([expect.stringMatching(/^it used \d+ MiB of memory$/)])
  })
})
