import { PassThrough } from 'node:stream'
import type { Duplex } from 'node:stream'
import type { CommandExit, RunningCommand } from '@junctor/agent'
import type { Container } from 'dockerode'
import type Docker from 'dockerode'
import { asked } from './engine.ts'

export interface ExecOptions {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly user?: string
  readonly signal: AbortSignal
}

/** Marks the processes of one command, so that all of them can be found again. */
const marker = 'JUNCTOR_COMMAND'

/** Runs a program in a container. Aborting kills it and everything that it started. */
export async function execIn(
  docker: Docker,
  container: Container,
  command: readonly string[],
  { folder, environment = {}, user, signal }: ExecOptions,
): Promise<RunningCommand> {
  signal.throwIfAborted()
  const id = crypto.randomUUID()
  const variables = Object.entries({ ...environment, [marker]: id })
  const exec = await asked(
    'starting a command',
    container.exec({
      Cmd: [...command],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      Env: variables.map(([name, value]) => `${name}=${value}`),
      ...(folder === undefined ? {} : { WorkingDir: folder }),
      ...(user === undefined ? {} : { User: user }),
    }),
  )
  const stream = await asked('starting a command', exec.start({ hijack: true, stdin: true }))
  const output = new PassThrough()
  docker.modem.demuxStream(stream, output, output)
  const ended = endOf(stream).then(() => output.end())
  const kill = (): void => void killMarked(docker, container, id).catch(() => stream.destroy())
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()

  const exit = ended.then(async (): Promise<CommandExit> => {
    signal.removeEventListener('abort', kill)
    const { ExitCode } = await exec.inspect().catch(() => ({ ExitCode: null }))
    if (signal.aborted) return { exitCode: null, reason: 'killed' }
    return { exitCode: ExitCode }
  })
  return {
    output,
    write: (input) =>
      new Promise((resolve, reject) => {
        stream.write(input, (error) => (error ? reject(error) : resolve()))
      }),
    endInput: () => void stream.end(),
    exit,
  }
}

/** A small command of our own, and all that it printed. */
export async function outputOf(
  docker: Docker,
  container: Container,
  command: readonly string[],
  options: ExecOptions & { readonly input?: Uint8Array },
): Promise<{ readonly exitCode: number | null; readonly output: Buffer }> {
  const running = await execIn(docker, container, command, options)
  if (options.input !== undefined) await running.write(options.input)
  running.endInput()
  const parts: Uint8Array[] = []
  for await (const part of running.output) parts.push(part)
  const { exitCode } = await running.exit
  return { exitCode, output: Buffer.concat(parts) }
}

/**
 * The engine cannot end an exec. Its processes carry the marker in their environment; new ones may appear while the old ones
 * are being killed, so it is looked again until there are none.
 */
async function killMarked(docker: Docker, container: Container, id: string): Promise<void> {
  const script = `n=0; while [ $n -lt 20 ]; do found=; for p in /proc/[0-9]*; do
    if grep -q "${marker}=$1" "$p/environ" 2>/dev/null; then kill -9 "\${p#/proc/}" 2>/dev/null; found=1; fi; done
    [ -z "$found" ] && exit 0; n=$((n+1)); done`
  await outputOf(docker, container, ['/bin/sh', '-c', script, 'sh', id], {
    signal: AbortSignal.timeout(10_000),
  })
}

function endOf(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    stream.once('end', resolve)
    stream.once('close', resolve)
    stream.once('error', resolve)
  })
}
