import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Child {
  readonly pid: number
  /** Everything it has said so far. */
  readonly facts: readonly string[]
  /** Resolves once it has said that many things. Rejects if it ends before. */
  said(count: number): Promise<void>
  kill(): Promise<void>
}

/** Starts `worker.ts` in a process of its own. */
export function startWorker(...args: readonly string[]): Child {
  const script = fileURLToPath(new URL('worker.ts', import.meta.url))
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const facts: string[] = []
  const lines = createInterface({ input: child.stdout })
  lines.on('line', (line) => facts.push(line))
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')])
  return {
    pid: child.pid ?? 0,
    facts,
    async said(count) {
      while (facts.length < count) {
        if (child.exitCode !== null) throw new Error(`The worker ended: ${complaint}`)
        await Promise.race([once(lines, 'line'), ended])
      }
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
