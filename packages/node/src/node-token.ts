import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { NodeError } from './errors.ts'

/** The node's own secret, kept in one file for its owner alone. The gateway knows only its digest. */
export interface NodeToken {
  readonly value: string
  /** The gateway took the node off: the next one begins with a new secret. */
  forget(): Promise<void>
}

/** Makes the file at the first call. Throws `INVALID_NODE` where it holds something else. */
export async function keepNodeToken(path: string): Promise<NodeToken> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const fresh = randomBytes(32).toString('base64url')
  const isNew = await writeFile(path, `${fresh}\n`, { flag: 'wx', mode: 0o600 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
  if (!isNew) await chmod(path, 0o600)
  const value = isNew ? fresh : (await readFile(path, 'utf8')).trim()
  if (!/^[\w-]{43}$/.test(value))
    throw new NodeError('INVALID_NODE', `${path} holds no token of a node: remove the file`)
  return { value, forget: () => rm(path, { force: true }) }
}
