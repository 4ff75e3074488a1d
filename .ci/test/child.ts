import { execFile } from 'node:child_process'

export interface Outcome {
  readonly code: number
  /** What the program wrote to stdout, then what it wrote to stderr. */
  readonly output: string
  readonly stdout: string
}

export interface ChildOptions {
  readonly cwd: string
  readonly input?: string
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Runs a program to its end without a terminal; never throws for a failing program. */
export function runChild(
  program: string,
  args: readonly string[],
  { cwd, input = '', timeoutMs = 60_000, env = {} }: ChildOptions,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        cwd,
        env: { ...outerEnvironment(), ...env },
        timeout: timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        const reason =
          error !== null && error.killed === true ? `\nended after ${timeoutMs} ms` : ''
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        const problem = error !== null && stdout + stderr === '' ? error.message : ''
        resolve({ code, stdout, output: stdout + stderr + problem + reason })
      },
    )
    child.stdin?.on('error', () => {
      // The program ended without reading its input; its exit code tells the rest.
    })
    child.stdin?.end(input)
  })
}

/** The environment without what the package manager and the test runner that called us left in it. */
function outerEnvironment(): Record<string, string | undefined> {
  const inherited =
    /^npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|^VITEST|^NODE_ENV$|^NODE_OPTIONS$|^JUNCTOR_/
  const kept = Object.entries(process.env).filter(([name]) => !inherited.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
