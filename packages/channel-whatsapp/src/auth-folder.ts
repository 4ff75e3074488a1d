import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Login } from './account-store.ts'
import type { Baileys, Credentials } from './baileys.ts'
import { whatsAppError } from './errors.ts'

/** The longer names first: `sender-key-memory` begins with another one. */
const types = [
  'sender-key-memory',
  'sender-key',
  'pre-key',
  'session',
  'app-state-sync-version',
  'app-state-sync-key',
  'lid-mapping',
  'device-list',
  'identity-key',
  'tctoken',
]

/** Reads what `useMultiFileAuthState` wrote. Throws `INVALID` when the folder holds no login. */
export async function readAuthFolder(folder: string, baileys: Baileys): Promise<Login> {
  const { reviver } = baileys.BufferJSON
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'), reviver)
  const noLogin = (cause?: unknown): Error =>
    whatsAppError(
      'INVALID',
      `authDir ${folder} holds no linked account; correct the path, or remove authDir to link by QR code.`,
      { cause },
    )
  const credentials = (await read('creds.json').catch((error: unknown) => {
    throw noLogin(error)
  })) as Credentials
  if (!credentials.me || !credentials.account) throw noLogin()

  const keys = new Map<string, unknown>()
  for (const name of await readdir(folder)) {
    const stem = name.replace(/\.json$/, '')
    const type = types.find((each) => stem.startsWith(`${each}-`))
    if (!type || stem === name) continue
    keys.set(`${type}/${idOf(type, stem.slice(type.length + 1))}`, await read(name))
  }
  return { credentials, keys }
}

/** File names have `__` for `/` and `-` for `:`; only two kinds of ids have either. */
function idOf(type: string, written: string): string {
  if (type === 'app-state-sync-key') return written.replaceAll('__', '/')
  return type === 'sender-key' ? written.replaceAll('--', '::') : written
}
