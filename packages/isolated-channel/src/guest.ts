import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ChannelPackageError } from './errors.ts'
import type { FoundPackage } from './find-package.ts'
import { createWire, type Failure, type Frame, type Handler, type Wire } from './wire.ts'

export interface GuestOptions {
  readonly packageName: string
  readonly found: FoundPackage
  readonly memoryLimitMb: number
  readonly handlers: { readonly [method: string]: Handler }
  readonly toError: (failure: Failure) => Error
  /** A line that the package printed. */
  readonly printed: (line: string) => void
}

/** One process that holds one package. */
export interface Guest {
  readonly wire: Wire
  /** Resolves with the reason when the process has ended, however it did. */
  readonly ended: Promise<string>
  kill(): void
}

/** Of this package: the child's own code. */
const ownFolder = fileURLToPath(new URL('.', import.meta.url))
const childModule = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url),
)
const LONGEST_LINE = 1_000

/**
 * Starts a process that may read its own code and use the network, and nothing else: no other file, no child process, no
 * worker, no native code, none of the gateway's environment.
 */
export function startGuest(options: GuestOptions): Guest {
  const readable = [ownFolder, ...options.found.folders].map(
    (folder) => `--allow-fs-read=${folder}`,
  )
  const child = fork(childModule, {
    execArgv: [
      '--permission',
      ...readable,
      `--max-old-space-size=${options.memoryLimitMb}`,
      '--disable-warning=ExperimentalWarning',
    ],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const wire = createWire({
    // A frame for a process that has just ended: `ended` tells.
    post: (frame) => void (child.connected && child.send(frame, () => {})),
    handlers: options.handlers,
    toError: options.toError,
  })
  child.on('message', (frame: Frame) => wire.receive(frame))
  let lastLine = ''
  for (const stream of [child.stdout, child.stderr])
    readLines(stream, (line) => {
      lastLine = line
      options.printed(line)
    })
  const ended = endOf(child, () => lastLine)
  void ended.then((reason) =>
    wire.end(
      new ChannelPackageError(
        'PACKAGE_FAILED',
        `The process of ${options.packageName} ended: ${reason}`,
      ),
    ),
  )
  return { wire, ended, kill: () => void child.kill('SIGKILL') }
}

function endOf(child: ChildProcess, lastLine: () => string): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`
      const said = lastLine()
      resolve(said === '' ? how : `${how} (it last printed: ${said})`)
    })
  })
}

function readLines(stream: NodeJS.ReadableStream | null, note: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE)
    for (const line of lines) if (line.trim() !== '') note(line.slice(0, LONGEST_LINE))
  })
  stream?.on('end', () => {
    if (rest.trim() !== '') note(rest)
  })
}
