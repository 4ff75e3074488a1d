import { readFileSync } from 'node:fs'
import { constants, open, type FileHandle } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { CredentialsError } from './errors.ts'
import { parseProfiles, type ParsedProfiles } from './parse-profiles.ts'

export interface ProfileFileOptions {
  /** Absolute. */
  readonly path: string
  /** What `"${NAME}"` is looked up in. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Told of every secret before anybody else can have it: for what takes secrets out of logs. */
  readonly found?: (secret: string) => void
  /** Told what is wrong with the file, once for each version of it. */
  readonly warn?: (problem: string) => void
  /** True: a file that others may read is left as it is. Default false: it is closed. */
  readonly isReader?: boolean
}

export interface LoadedProfiles extends ParsedProfiles {
  readonly exists: boolean
}

export interface ProfileFile {
  readonly path: string
  /** The file as it is now. It is read again when it has changed, so that edits count at once. Never rejects. */
  read(): Promise<LoadedProfiles>
}

const MOST_BYTES = 1024 * 1024

/** One `auth-profiles.json`. Others may not read it: where they could, it is closed, and that is told. */
export function createProfileFile({
  path,
  env = process.env,
  found = () => {},
  warn = () => {},
  isReader = false,
}: ProfileFileOptions): ProfileFile {
  let known: { readonly version: string; readonly profiles: LoadedProfiles } | undefined

  const readSecretFile = (name: string): string => {
    const secretPath = resolve(dirname(path), name.replace(/^~(?=\/)/, homedir()))
    return readFileSync(secretPath, 'utf8').replace(/\r?\n$/, '')
  }

  const load = (text: string): LoadedProfiles => {
    const parsed = parseProfiles(text, { file: path, env, readSecretFile })
    for (const { secret } of parsed.profiles) found(secret.reveal())
    for (const { line, column, path: at, message } of parsed.problems)
      warn(`${path}:${line}:${column}  ${at === '' ? '' : `${at}: `}${message}`)
    return { ...parsed, exists: true }
  }

  return {
    path,
    async read() {
      try {
        // Not waiting for a pipe that somebody put there.
        await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
        const { ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
        const version = [ino, size, mtimeNs, ctimeNs].join(':')
        if (known?.version === version) return known.profiles
        if (!isReader) await close(file, path, warn)
        const profiles = load(await readText(file))
        known = { version, profiles }
        return profiles
      } catch (error) {
        if (isMissing(error)) return { ...nothing, exists: false }
        const reason = error instanceof Error ? error.message : String(error)
        if (known?.version !== reason) {
          warn(`${path} cannot be read: ${reason}`)
          known = { version: reason, profiles: unreadable(path, reason) }
        }
        return known.profiles
      }
    },
  }
}

const nothing: LoadedProfiles = {
  exists: true,
  shape: 'profiles',
  profiles: [],
  setAside: [],
  order: new Map(),
  problems: [],
}

function unreadable(file: string, reason: string): LoadedProfiles {
  const message = `cannot be read: ${reason}`
  const place = { path: '', file, line: 1, column: 1 }
  return { ...nothing, problems: [{ severity: 'error', code: 'UNREADABLE', message, ...place }] }
}

async function close(
  file: FileHandle,
  path: string,
  warn: (problem: string) => void,
): Promise<void> {
  const { mode } = await file.stat()
  if (process.platform === 'win32' || (mode & 0o077) === 0) return
  try {
    await file.chmod(0o600)
    warn(
      `${path} could be read by other users of this machine; it is for its owner alone now (mode 600)`,
    )
  } catch {
    warn(
      `${path} can be read by other users of this machine, and its mode cannot be changed: chmod 600 it`,
    )
  }
}

async function readText(file: FileHandle): Promise<string> {
  const stats = await file.stat()
  if (!stats.isFile()) throw new CredentialsError('UNREADABLE', 'it is no regular file')
  if (stats.size > MOST_BYTES)
    throw new CredentialsError('UNREADABLE', `it has more than ${MOST_BYTES} bytes`)
  return file.readFile('utf8')
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ENOTDIR')
  )
}
