import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonValue, ToolContext } from '@junctor/agent'
import { createBuiltinTools, createHostWorkbench, type BuiltinTools } from '@junctor/tools'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toolContext } from './tool-context.ts'

let folder: string
let builtin: BuiltinTools

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'junctor-exec-')))
  builtin = createBuiltinTools()
})
afterEach(async () => {
  await builtin.close()
  await rm(folder, { recursive: true, force: true })
})

function call(name: string, input: JsonValue, changes: Partial<ToolContext> = {}): Promise<string> {
  const tool = builtin.tools.find((one) => one.name === name)
  if (tool === undefined) throw new Error(`no tool ${name}`)
  return tool.run(input, toolContext(createHostWorkbench({ folder }), changes))
}

const startedAs = (output: string): string => /Still running as (\w+)\./.exec(output)?.[1] ?? ''

describe('exec', () => {
  it('gives output and exit code of a command that ends in time', async () => {
    expect(await call('exec', { command: 'echo hello; exit 3' })).toBe('hello\n[exit code 3]')
    expect(await call('exec', { command: 'printf "no newline"' })).toBe('no newline\n[exit code 0]')
    expect(await call('exec', { command: 'echo $COLOUR', env: { COLOUR: 'red' } })).toContain('red')
  })

  it('leaves a command that takes long in the background, and says how to reach it', async () => {
    const output = await call('exec', { command: 'echo first; cat', yieldMs: 0 })
    const id = startedAs(output)
    expect(await call('process', { action: 'list' })).toContain(`${id}  [${id} is still running.]`)
    expect(await call('process', { action: 'write', id, data: 'more\n', eof: true })).toContain(id)
    const ended = await call('process', { action: 'poll', id, waitMs: 60_000 })
    expect(ended).toContain('[exit code 0]')
    expect(await call('process', { action: 'log', id })).toBe('first\nmore\n\n[exit code 0]')
  })

  it('tells with every poll only what is new', async () => {
    const id = startedAs(await call('exec', { command: 'cat', background: true }))
    await call('process', { action: 'write', id, data: 'one\n' })
    await expect.poll(() => call('process', { action: 'log', id })).toContain('one')
    expect(await call('process', { action: 'poll', id })).toContain('one')
    expect(await call('process', { action: 'poll', id })).not.toContain('one')
  })

  it('stops a command that runs too long, or that is killed', async () => {
    expect(await call('exec', { command: 'sleep 600', timeout: 1, yieldMs: 60_000 })).toContain(
      'stopped after 1 s',
    )
    const id = startedAs(await call('exec', { command: 'sleep 600', background: true }))
    expect(await call('process', { action: 'kill', id })).toContain('SIGKILL')
    expect(await call('process', { action: 'remove', id })).toContain('gone')
    await expect(call('process', { action: 'poll', id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
  })

  it('ends a command together with the call that waits for it', async () => {
    const abort = new AbortController()
    const waiting = call(
      'exec',
      { command: 'echo $$ > pid; sleep 600', yieldMs: 60_000 },
      { signal: abort.signal },
    )
    await expect
      .poll(() => call('exec', { command: 'cat pid 2>/dev/null' }), { timeout: 20_000 })
      .toMatch(/^\d+/)
    abort.abort()
    await expect(waiting).rejects.toThrow()
    await expect
      .poll(() => call('exec', { command: 'kill -0 $(cat pid) 2>&1' }), { timeout: 20_000 })
      .toContain('exit code 1')
  })

  it('keeps the end of long output, and says how much is missing', async () => {
    const command = 'head -c 250000 /dev/zero | tr "\\0" a; echo end'
    const output = await call('exec', { command, yieldMs: 60_000 })
    const [, id] =
      /^\[226004 characters before this are left out: .*log of (\w+),/.exec(output) ?? []
    expect(output).toContain('aaaend\n[exit code 0]')
    // Of an answer that is longer the runtime would cut off how the command ended.
    expect(output.length).toBeLessThan(30_000)
    const first = await call('process', { action: 'log', id: id ?? '', offset: 0 })
    expect(first).toMatch(
      /^\[50004 characters are no longer kept\]\na+\n\[176000 more characters, from offset 74004\]\n/,
    )
    const last = await call('process', { action: 'log', id: id ?? '', offset: 250_000 })
    expect(last).toBe('end\n\n[exit code 0]')
  })

  it('says of a command that prints a lot and goes on how to reach it', async () => {
    const command = 'head -c 250000 /dev/zero | tr "\\0" a; echo; cat'
    const output = await call('exec', { command, yieldMs: 5_000 })
    expect(output.length).toBeLessThan(30_000)
    const id = startedAs(output)
    expect(id).not.toBe('')
    await call('process', { action: 'kill', id })
  })

  it('keeps the commands of every session and agent apart', async () => {
    const id = startedAs(await call('exec', { command: 'sleep 600', background: true }))
    const other = { sessionKey: 'agent:a:telegram:group:1' }
    expect(await call('process', { action: 'list' }, other)).toBe('No commands.')
    for (const action of ['poll', 'log', 'write', 'kill', 'remove'])
      await expect(call('process', { action, id }, other)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      })
  })

  it('is marked as one that must not run twice', () => {
    const once = builtin.tools.filter((tool) => tool.once === true).map(({ name }) => name)
    expect(once).toEqual(['apply_patch', 'exec'])
  })

  it.each([
    [{ command: '' }, '"command"'],
    [{ command: 'true', yieldMs: -1 }, '"yieldMs"'],
    [{ command: 'true', env: { A: 1 } }, '"env"'],
    [{ command: 'true', background: 'yes' }, '"background"'],
  ])('refuses %j', async (input, field) => {
    await expect(call('exec', input)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(field),
    })
  })
})
