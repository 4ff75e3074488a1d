import { access, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createInstallation, type Installation } from './installation.ts'

const sound = { gateway: { port: 0 }, agents: { list: [{ id: 'main' }] }, channels: { web: {} } }

let installation: Installation

beforeEach(async () => {
  installation = await createInstallation()
})
afterEach(() => installation.close())

describe('a config that is wrong', () => {
  const cases = [
    {
      name: 'broken JSON5',
      text: `{\n  // a comment\n  bindings: [ { agentId: 'main' match: {} } ],\n}\n`,
      says: /junctor\.json:3:\d+ {2}error {2}expected a comma or "}"/,
    },
    {
      name: 'a key that nobody knows',
      text: `{\n  agents: {\n    list: [{ id: 'main', modle: 'a/b' }],\n  },\n}\n`,
      says: /junctor\.json:3:26 {2}error {2}.*unknown key "modle"; did you mean "model"\?/,
    },
    {
      name: 'a binding to an agent that does not exist',
      text: `{\n  agents: { list: [{ id: 'main' }] },\n  bindings: [{ agentId: 'sales', match: { channel: 'web' } }],\n}\n`,
      says: /junctor\.json:3:\d+ {2}error {2}bindings\[0\]\.agentId: there is no agent "sales"; the agents are "main"/,
    },
    {
      name: 'two agents with one agentDir',
      text: `{ agents: { list: [{ id: 'one', agentDir: '~/same' }, { id: 'two', agentDir: '~/same/' }] } }`,
      says: /error {2}agents\.list\[1\]\.agentDir: the agents "one" and "two" have one agentDir/,
    },
    {
      name: 'two default agents',
      text: `{ agents: { list: [{ id: 'one', default: true }, { id: 'two', default: true }] } }`,
      says: /error {2}agents\.list\[1\]\.default: the agents "one" and "two" are all marked default/,
    },
    {
      name: 'an id that is none',
      text: `{ agents: { list: [{ id: '../outside' }] } }`,
      says: /error {2}agents\.list\[0\]\.id: "\.\.\/outside" is not an agent id; use 1 to 64 of/,
    },
    {
      name: 'two ids that differ by case alone',
      text: `{ agents: { list: [{ id: 'work' }, { id: 'Work' }] } }`,
      says: /error {2}agents\.list\[1\]\.id: .*"?[Ww]ork"?/,
    },
  ]

  it.each(cases)(
    'with $name is refused by validate and by start, with its place',
    async (wrong) => {
      await installation.writeConfig(wrong.text)
      const validated = await installation.run('config', 'validate')
      expect(validated.code).toBe(1)
      expect(validated.stdout).toMatch(wrong.says)
      expect(validated.stdout).toMatch(/1 error, 0 warnings\n$/)
      const started = await installation.run('start')
      expect(started.code).toBe(1)
      expect(started.stderr).toMatch(wrong.says)
      expect(started.stderr).toContain(`${installation.configPath} has errors and was not used.`)
      expect(started.stderr).not.toMatch(/\n\s+at /)
    },
  )

  it('leaves nothing behind in the state directory that a gateway would', async () => {
    await installation.writeConfig('{')
    await installation.run('start')
    await expect(access(join(installation.stateDir, 'gateway.sqlite'))).rejects.toThrow('ENOENT')
    await expect(access(join(installation.stateDir, 'agents'))).rejects.toThrow('ENOENT')
  })
})

describe('a world that is wrong', () => {
  it('with a file in place of the state directory is refused with the way out', async () => {
    await installation.writeConfig(sound)
    await writeFile(installation.stateDir, 'I am a file')
    const { code, stderr } = await installation.run('start')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The state directory \S+ cannot be written .*set JUNCTOR_STATE_DIR/)
  })

  it('with a state directory where none can be made ends, too', async () => {
    await installation.close()
    installation = await createInstallation(sound, { JUNCTOR_STATE_DIR: '/proc/junctor/state' })
    const { code, stderr } = await installation.run('start')
    expect(code).toBe(1)
    expect(stderr).toContain('The state directory /proc/junctor/state cannot be written')
  })

  it('with another program on the port says which port, and leaves the state to others', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : undefined
    await installation.writeConfig({ ...sound, gateway: { port } })
    const { code, stderr } = await installation.run('start')
    expect(code).toBe(1)
    expect(stderr).toContain(`Another program listens on 127.0.0.1:${port}. Stop it, or set`)
    other.close()
    const gateway = await installation.start()
    await gateway.stop()
  })

  it('with another gateway on the state directory says which process, and leaves that one running', async () => {
    await installation.writeConfig(sound)
    const first = await installation.start()
    const { code, stderr } = await installation.run('start')
    expect(code).toBe(1)
    expect(stderr).toContain(
      `Process ${first.process.pid} runs a gateway on ${installation.stateDir}, or changes its state. Stop it, or give`,
    )
    expect(await installation.json('status', '--json')).toBeTruthy()
    expect((await first.stop()).code).toBe(0)
  })

  it('with a port that is none is refused as wrong usage', async () => {
    await installation.writeConfig(sound)
    for (const port of ['many', '70000', '-1', '1.5']) {
      const { code, stderr } = await installation.run('start', '--port', port)
      expect({ port, code }).toEqual({ port, code: 2 })
      expect(stderr).toContain('--port')
    }
  })
})
