import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const binary = fileURLToPath(new URL('../src/bin.ts', import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A gateway process that is up. */
export interface RunningGateway {
  readonly url: string
  readonly process: ChildProcess
  /** Everything that it has printed and logged. */
  output(): string
  /** SIGTERM; resolves when the process has ended. */
  stop(): Promise<Outcome>
  /** SIGKILL; resolves when the process has ended. */
  kill(): Promise<void>
}

/** A command that goes on. */
export interface FollowedCommand {
  readonly process: ChildProcess
  readonly ended: Promise<Outcome>
  /** Resolves when its output matches. Rejects with the output when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>
}

/** A directory with a config and a state directory, and the real command line run on it. */
export interface Installation {
  readonly directory: string
  readonly stateDir: string
  readonly configPath: string
  /** Objects are written as JSON. */
  writeConfig(config: string | object): Promise<void>
  run(...args: readonly string[]): Promise<Outcome>
  /** Run with something on its standard input. */
  pipe(input: string, ...args: readonly string[]): Promise<Outcome>
  /** Begins a command that goes on until it is ended. */
  follow(...args: readonly string[]): FollowedCommand
  /** Run, and read what `--json` printed. */
  json(...args: readonly string[]): Promise<unknown>
  /** Resolves when the gateway says that it is running. Rejects with its output when it ends before. */
  start(options?: StartOptions): Promise<RunningGateway>
  /** Ends every process that is left, and removes the directory. */
  close(): Promise<void>
}

export interface StartOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export async function createInstallation(
  config?: string | object,
  env: Readonly<Record<string, string>> = {},
): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'junctor-cli-'))
  const stateDir = join(directory, 'state')
  const configPath = join(directory, 'junctor.json')
  const children = new Set<ChildProcess>()

  const launch = (
    args: readonly string[],
    more: Readonly<Record<string, string>> = {},
    input: 'ignore' | 'pipe' = 'ignore',
  ) => {
    const child = spawn(process.execPath, [binary, ...args], {
      cwd: directory,
      stdio: [input, 'pipe', 'pipe'],
      // Nothing of the developer's own environment: no keys, no config path.
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        NO_COLOR: '1',
        JUNCTOR_CONFIG_PATH: configPath,
        JUNCTOR_STATE_DIR: stateDir,
        ...env,
        ...more,
      },
    })
    const text = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (part: string) => void (text.stdout += part))
    child.stderr?.setEncoding('utf8').on('data', (part: string) => void (text.stderr += part))
    children.add(child)
    const ended = once(child, 'close').then((): Outcome => {
      children.delete(child)
      return { code: child.exitCode, ...text }
    })
    return { child, text, ended }
  }

  const installation: Installation = {
    directory,
    stateDir,
    configPath,
    writeConfig: (next) =>
      writeFile(configPath, typeof next === 'string' ? next : JSON.stringify(next)),
    run: (...args) => launch(args).ended,
    pipe(input, ...args) {
      const { child, ended } = launch(args, {}, 'pipe')
      child.stdin?.end(input)
      return ended
    },
    follow(...args) {
      const { child, text, ended } = launch(args)
      return {
        process: child,
        ended,
        async says(pattern) {
          const said = new Promise<RegExpExecArray>((resolve) => {
            const look = (): void => {
              const match = pattern.exec(text.stdout)
              if (match !== null) resolve(match)
            }
            child.stdout?.on('data', look)
            look()
          })
          const first = await Promise.race([said, ended])
          if (Array.isArray(first)) return first
          throw new Error(`junctor ${args.join(' ')} ended:\n${text.stdout}${text.stderr}`)
        },
      }
    },
    async json(...args) {
      const { code, stdout, stderr } = await launch(args).ended
      if (code !== 0) throw new Error(`junctor ${args.join(' ')} exited with ${code}: ${stderr}`)
      return JSON.parse(stdout)
    },
    async start({ args = [], env: more } = {}) {
      const { child, text, ended } = launch(['start', ...args], more)
      const up = new Promise<string>((resolve) => {
        child.stdout?.on('data', () => {
          const url = /running at (\S+)/.exec(text.stdout)?.[1]
          if (url !== undefined && text.stdout.includes('Stop with')) resolve(url)
        })
      })
      const url = await Promise.race([up, ended])
      if (typeof url !== 'string')
        throw new Error(`junctor start exited with ${url.code}:\n${url.stdout}${url.stderr}`)
      return {
        url,
        process: child,
        output: () => text.stdout + text.stderr,
        stop() {
          child.kill('SIGTERM')
          return ended
        },
        async kill() {
          child.kill('SIGKILL')
          await ended
        },
      }
    },
    async close() {
      const left = [...children]
      const gone = left.map((child) => once(child, 'close'))
      for (const child of left) child.kill('SIGKILL')
      await Promise.all(gone)
      await rm(directory, { recursive: true, force: true })
    },
  }
  if (config !== undefined) await installation.writeConfig(config)
  return installation
}
