import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { parseConfig, readingOf, type ParsedConfig, type ParseOptions } from '../parse-config.ts'
import { canonicalPath } from './canonical-path.ts'
import { createConfigFiles } from './config-files.ts'
import { fileVersion, type FileVersion } from './file-version.ts'

export interface LoadOptions {
  /** Absolute. */
  readonly configPath: string
  /** Absolute. */
  readonly stateDir: string
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Default: the user's home folder. */
  readonly home?: string
  /** Whose file it is. Default: told by its name, else by its content. */
  readonly flavour?: NonNullable<ParseOptions['flavour']>
  /** A further check of a config that is otherwise valid. */
  readonly check?: NonNullable<ParseOptions['check']>
}

export type LoadedConfigFile = ParsedConfig & {
  /** The config file and every file that it names, there or not: a change of one of them may change the config. */
  readonly files: readonly FileVersion[]
  /** The config file is not there, or holds nothing but blanks. */
  readonly isBlank: boolean
}

/**
 * Reads, checks and completes the config file, with included and secret files. A file that is not there is the same as an
 * empty one. Never rejects: a file that cannot be read is a problem like any other.
 */
export async function loadConfigFile(options: LoadOptions): Promise<LoadedConfigFile> {
  const { configPath, stateDir, env = process.env, home = homedir(), flavour, check } = options
  const file = fileVersion(configPath)
  let text: string
  try {
    text = await readFile(configPath, 'utf8')
  } catch (error) {
    if (!isMissing(error)) return { ...unreadable(options, error), files: [file], isBlank: false }
    text = ''
  }
  const { readInclude, readSecretFile, asked } = createConfigFiles(configPath, home)
  const parsed = parseConfig(text, {
    file: configPath,
    env,
    home,
    stateDir,
    ...(flavour && { flavour }),
    ...(check && { check }),
    readInclude,
    readSecretFile,
    canonicalPath,
  })
  return { ...parsed, files: [file, ...asked()], isBlank: text.trim() === '' }
}

function unreadable({ configPath, flavour }: LoadOptions, error: unknown): ParsedConfig {
  const reason = error instanceof Error ? error.message : String(error)
  const message = `the file cannot be read: ${reason}`
  const place = { path: '', file: configPath, line: 1, column: 1 }
  return {
    ok: false,
    problems: [{ severity: 'error', code: 'UNREADABLE', message, ...place }],
    reading: readingOf(undefined, { file: configPath, ...(flavour && { flavour }) }),
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
