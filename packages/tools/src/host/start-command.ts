import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { WorkbenchError, type CommandExit, type RunningCommand } from '@junctor/agent'

export interface CommandStart {
  readonly script: string
  /** Absolute. */
  readonly folder: string
  /** All that the command gets. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** Runs a script with the machine's shell, in a process group of its own: what it starts ends with it. */
export async function startCommand(start: CommandStart): Promise<RunningCommand> {
  const { script, folder, environment, signal } = start
  signal.throwIfAborted()
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  try {
    await once(child, 'spawn')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new WorkbenchError(
      'REFUSED',
      `The command could not be started in ${folder}: ${reason}`,
      {
        cause,
      },
    )
  }
  const kill = (): void => endGroup(child)
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  // A command that ends without reading its input is none of our business.
  child.stdin.on('error', () => {})

  return {
    output: merged(child),
    async write(input) {
      if (!child.stdin.writable)
        throw new WorkbenchError('REFUSED', 'The command takes no more input.')
      if (!child.stdin.write(input))
        await Promise.race([once(child.stdin, 'drain'), once(child, 'close')])
    },
    endInput: () => void child.stdin.end(),
    exit: exitOf(child).finally(() => signal.removeEventListener('abort', kill)),
  }
}

function exitOf(child: ChildProcess): Promise<CommandExit> {
  return new Promise((resolve) => {
    child.once('close', (exitCode, signal) =>
      resolve(signal === null ? { exitCode } : { exitCode, reason: `ended by ${signal}` }),
    )
  })
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    // The whole group has ended already.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** Both streams as one, in the order in which their parts came. */
async function* merged(child: ChildProcess): AsyncGenerator<Uint8Array> {
  const parts: Uint8Array[] = []
  let wake = (): void => {}
  let isOver = false
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Uint8Array) => {
      parts.push(part)
      // Nobody reads as fast as a program can print.
      if (parts.length > 64) stream.pause()
      wake()
    })
  child.once('close', () => {
    isOver = true
    wake()
  })
  for (;;) {
    const part = parts.shift()
    if (part !== undefined) {
      yield part
      continue
    }
    if (isOver) return
    for (const stream of [child.stdout, child.stderr]) stream?.resume()
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    if (parts.length === 0 && !isOver) await promise
  }
}
