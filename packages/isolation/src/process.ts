import { fork, type ChildProcess } from 'node:child_process'
import { createWire, type Failure, type Frame, type Handler, type Wire } from './wire.ts'

export interface ProcessOptions {
  /** Absolute path of the module to run; it calls `connectToHost`. */
  readonly module: string
  readonly args?: readonly string[]
  /** Heap, in MiB. A process that needs more ends. */
  readonly memoryLimitMb: number
  /** Further flags of Node, such as those of its permission model. */
  readonly flags?: readonly string[]
  /** Its whole environment. Default: empty. */
  readonly env?: NodeJS.ProcessEnv
  /** What it may ask of this side. */
  readonly handlers: { readonly [method: string]: Handler }
  /** Makes the error of a call from what the other side said. */
  readonly toError: (failure: Failure) => Error
  /** The error of every call in flight when the process ends, from how it ended. */
  readonly endError: (reason: string) => Error
  /** A line that it printed. */
  readonly printed: (line: string) => void
}

/** A process that runs one module. */
export interface IsolatedProcess {
  readonly pid: number | undefined
  readonly wire: Wire
  /** Resolves with the reason when it has ended, however it did. */
  readonly ended: Promise<string>
  kill(): void
}

const LONGEST_LINE = 1_000

/** Starts a process of Node that has nothing of this one's environment. It ends when this one does. */
export function startProcess(options: ProcessOptions): IsolatedProcess {
  const child = fork(options.module, [...(options.args ?? [])], {
    execArgv: [
      ...(options.flags ?? []),
      `--max-old-space-size=${options.memoryLimitMb}`,
      '--disable-warning=ExperimentalWarning',
    ],
    env: options.env ?? {},
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
  void ended.then((reason) => wire.end(options.endError(reason)))
  return { pid: child.pid, wire, ended, kill: () => void child.kill('SIGKILL') }
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
