import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { deserializeMessage, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { McpServerError } from './errors.ts'
import { createFloodGuard } from './flood-guard.ts'
import type { ProcessSettings } from './settings.ts'

export interface ProcessTransport extends Transport {
  /** Why the process is no more, as far as is known. */
  reason(): string | undefined
}

export interface ProcessOptions {
  /** Its name. */
  readonly server: string
  readonly folder: string
  /** Milliseconds. */
  readonly now: () => number
}

const PATIENCE_MS = 1_000
const LONGEST_MESSAGE = 10_000_000
const LONGEST_REASON = 300

/**
 * A server as a process of its own, with everything that it starts: what ends it ends them all. It sees none of our
 * variables but those that name places, and is ended when it floods.
 */
export function createProcessTransport(
  { command, args = [], env = {} }: ProcessSettings,
  { server, folder, now }: ProcessOptions,
): ProcessTransport {
  const guard = createFloodGuard(now)
  let child: ChildProcessByStdio<Writable, Readable, Readable> | undefined
  let reason: string | undefined
  let lastWords = ''
  /** Of a message that has not ended yet. */
  let pieces: string[] = []
  let length = 0

  const kill = (signal: NodeJS.Signals): void => {
    if (child?.pid === undefined) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It and all that it started are gone already.
    }
  }
  const giveUp = (why: string): void => {
    reason ??= why
    pieces = []
    child?.stdout.destroy()
    kill('SIGKILL')
  }

  const take = (line: string): void => {
    if (line.trim() === '') return
    try {
      transport.onmessage?.(deserializeMessage(line))
    } catch (error) {
      transport.onerror?.(error instanceof Error ? error : new Error(String(error)))
    }
  }
  const read = (chunk: string): void => {
    const [end = '', ...lines] = chunk.split('\n')
    pieces.push(end)
    length += end.length
    if (length > LONGEST_MESSAGE) return giveUp('it sent a message without an end')
    const last = lines.pop()
    if (last === undefined) return
    for (const line of [pieces.join(''), ...lines]) {
      if (guard.isTooMuch(line.length)) return giveUp('it sent far too much')
      take(line)
    }
    pieces = [last]
    length = last.length
  }

  const transport: ProcessTransport = {
    reason: () => reason,
    async start() {
      const started = spawn(command, args, {
        cwd: folder,
        env: { ...placesOf(process.env), ...env },
        stdio: ['pipe', 'pipe', 'pipe'],
        detached: true,
        windowsHide: true,
      })
      child = started
      started.stdout.setEncoding('utf8').on('data', read)
      started.stderr.setEncoding('utf8').on('data', (text: string) => {
        lastWords = (lastWords + text).slice(-LONGEST_REASON)
      })
      // A process that has ended takes no input: that it has ended says it better.
      started.stdin.on('error', () => {})
      started.on('error', (error) => transport.onerror?.(error))
      started.on('close', (code, signal) => {
        const how = signal === null ? `exit code ${code}` : signal
        reason ??= [`it ended (${how})`, oneLine(lastWords)]
          .filter((part) => part !== '')
          .join(': ')
        kill('SIGKILL')
        transport.onclose?.()
      })
      await once(started, 'spawn')
    },
    async send(message) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null)
        throw new McpServerError(server, 'SERVER_ENDED', 'is not running')
      child.stdin.write(serializeMessage(message))
    },
    async close() {
      if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      reason ??= 'it was stopped'
      const closed = once(child, 'close')
      child.stdin.end()
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        const isOver = await Promise.race([closed.then(() => true), sleep(PATIENCE_MS, false)])
        if (isOver) return
        kill(signal)
      }
      await closed
    },
  }
  return transport
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function placesOf(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LANG', 'TZ', 'SystemRoot']
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])),
  )
}
