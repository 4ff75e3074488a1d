import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createModelServer } from '@junctor/testkit/models'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CrashOptions } from './crashing-gateway.ts'
import { botToken, openSlackServer, slackConfig } from './slack-house.ts'

const script = fileURLToPath(new URL('crashing-gateway.ts', import.meta.url))
const patience = { timeoutMs: 60_000 }

describe('a gateway process that is killed while an answer is streamed', () => {
  it.each([
    // The second note of a draft holds its native id: the stream stands on the platform.
    ['in the middle of the stream', { crashAt: 'draft:after', call: 2 }],
    ['when the stream has ended, before the turn commits', { crashAt: 'commit:before' }],
    ['after the turn has committed, before the answer is set', { crashAt: 'commit:after' }],
  ] as const)('%s finishes that message after the restart', async (_name, crash) => {
    const stateDir = await mkdtemp(join(tmpdir(), 'junctor-slack-crash-'))
    const [server, models] = await Promise.all([openSlackServer(), createModelServer()])
    const children: ChildProcess[] = []
    onTestFinished(async () => {
      for (const child of children) child.kill('SIGKILL')
      await Promise.all([server.stop(), models.close()])
      await rm(stateDir, { recursive: true, force: true })
    })
    const spawn = (options: Partial<CrashOptions>): ChildProcess => {
      const config = slackConfig(server, models)
      const argument = JSON.stringify({ stateDir, config, ...options })
      const child = fork(script, [argument], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      children.push(child)
      return child
    }
    const workspace = server.workspace(botToken)
    const answers = () =>
      workspace.messages('C1').filter(({ message }) => message.bot_id !== undefined)

    models.respond(({ lastUserText }) => ({ text: `answer to ${lastUserText}` }))
    models.reply({ text: 'one two three four five six', chunkSize: 4, chunkDelayMs: 300 })
    const child = spawn(crash)
    workspace.say({ channel: 'C1', text: '@junctor hello' })
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    expect(answers()).toHaveLength(1)
    expect(workspace.countCalls('chat.startStream')).toBe(1)

    spawn({})
    workspace.say({ channel: 'C1', text: '@junctor last' })
    const isLast = (): boolean => answers().some(({ text }) => text.endsWith('last'))
    await server.waitFor(() => answers().length === 2 && isLast(), patience)
    const first = crash.crashAt === 'commit:after' ? 'one two three four five six' : 'answer to'
    await server.waitFor(() => answers()[0]?.text.startsWith(first) === true, patience)
    expect(answers().map(({ isStreaming }) => isStreaming)[0]).toBe(false)
    expect(answers()).toHaveLength(2)
  })
})
