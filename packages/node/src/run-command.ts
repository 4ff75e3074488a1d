import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { NodeError } from './errors.ts'
import type { CommandEnd, NodeCommand } from './protocol.ts'

export interface CommandPlace {
  /** Where commands run, absolute. */
  readonly folder: string
  /** Bytes of output that are kept, from the beginning. */
  readonly maxOutputBytes: number
  /** Where `PATH`, `HOME`, `LANG`, `LC_ALL`, `TZ` and `TMPDIR` come from; commands see nothing else of it. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR']

/**
 * Runs one program, without a shell and without input. What it starts ends with it, and with the signal. Rejects with
 * `NODE_REFUSED` where it cannot be started.
 */
export async function runCommand(
  { program, args, timeoutMs }: NodeCommand,
  { folder, maxOutputBytes, env }: CommandPlace,
  signal: AbortSignal,
): Promise<CommandEnd> {
  signal.throwIfAborted()
  const child = await start(program, args, folder, env)
  const parts: Uint8Array[] = []
  let kept = 0
  let isCut = false
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Uint8Array) => {
      const fits = part.subarray(0, maxOutputBytes - kept)
      isCut ||= fits.length < part.length
      kept += fits.length
      if (fits.length > 0) parts.push(fits)
    })
  let reason: string | undefined
  const end = (why: string): void => {
    reason ??= why
    endGroup(child)
  }
  const abort = (): void => end('stopped')
  const limit = setTimeout(() => end(`stopped after ${timeoutMs} ms`), timeoutMs)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  // A program that it left behind would keep its output open.
  child.once('exit', () => endGroup(child))
  await once(child, 'close')
  clearTimeout(limit)
  signal.removeEventListener('abort', abort)
  if (reason === undefined && child.signalCode !== null) reason = `ended by ${child.signalCode}`
  return {
    ...(child.exitCode === null ? {} : { exitCode: child.exitCode }),
    ...(reason === undefined ? {} : { reason }),
    output: Buffer.concat(parts).toString('utf8'),
    isCut,
  }
}

async function start(
  program: string,
  args: readonly string[],
  folder: string,
  env: CommandPlace['env'],
): Promise<ChildProcess> {
  try {
    const child = spawn(program, args, {
      cwd: folder,
      env: Object.fromEntries(passedOn.flatMap((name) => (env[name] ? [[name, env[name]]] : []))),
      // A process group of its own.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    await once(child, 'spawn')
    return child
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NodeError('NODE_REFUSED', `${program} could not be started in ${folder}: ${reason}`, {
      cause,
    })
  }
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
