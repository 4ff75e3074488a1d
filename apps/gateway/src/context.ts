import { homedir } from 'node:os'
import type { FlavourName } from '@junctor/config'

/** What a command may touch of the world around it. */
export interface CliContext {
  readonly version: string
  /** What a person types to run this command line. */
  readonly command: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly home: string
  readonly isTerminal: boolean
  write(text: string): void
  writeError(text: string): void
  /** One line on standard output. */
  print(line: string): void
  /** One line on standard error. */
  error(line: string): void
  /** Whose config is meant (`--flavour`). */
  flavour?: FlavourName
  /** Set by a command that ended well but must not exit with 0. */
  exitCode?: number
}

export function createContext(version: string): CliContext {
  const write = (text: string): void => void process.stdout.write(text)
  const writeError = (text: string): void => void process.stderr.write(text)
  return {
    version,
    // From the sources of a checkout its root script runs us.
    command: import.meta.url.endsWith('.ts') ? 'npm run --silent junctor --' : 'junctor',
    env: process.env,
    home: homedir(),
    isTerminal: process.stdout.isTTY && process.stdin.isTTY,
    write,
    writeError,
    print: (line) => write(`${line}\n`),
    error: (line) => writeError(`${line}\n`),
  }
}
