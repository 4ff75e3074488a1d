import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AccountState } from './account-state.ts'
import { linkBefore } from './pairing.ts'

/** Enough for a test, and more than the five below which a client uploads new ones. */
const PRE_KEYS = 40

/** Links a device and writes down what its client keeps, in the folder format of `useMultiFileAuthState`. */
export async function writeAuthFolder(account: AccountState, folder: string): Promise<void> {
  const { baileys } = account
  const credentials = baileys.initAuthCreds()
  const device = linkBefore(account, credentials)
  await mkdir(folder, { recursive: true })
  const write = (name: string, value: unknown): Promise<void> =>
    writeFile(join(folder, `${name}.json`), JSON.stringify(value, baileys.BufferJSON.replacer))
  for (let keyId = 1; keyId <= PRE_KEYS; keyId += 1) {
    const pair = baileys.Curve.generateKeyPair()
    device.preKeys.push({ keyId, publicKey: baileys.generateSignalPubKey(pair.public) })
    await write(`pre-key-${keyId}`, pair)
  }
  const next = PRE_KEYS + 1
  await write('creds', { ...credentials, nextPreKeyId: next, firstUnuploadedPreKeyId: next })
  account.changed()
}
