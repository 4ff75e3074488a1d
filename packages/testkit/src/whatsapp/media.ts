import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import type { Baileys } from './baileys.ts'

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker'

/** Encrypted files by their path, as WhatsApp's media hosts keep them: those cannot read any. */
export type MediaStore = Map<string, Buffer>

/** The fields of a message that point to a file and open it. */
export interface MediaPointer {
  readonly directPath: string
  readonly mediaKey: Uint8Array
  readonly fileSha256: Uint8Array
  readonly fileEncSha256: Uint8Array
  readonly fileLength: number
}

const MAC_BYTES = 10

export async function storeMedia(
  { getMediaKeys }: Baileys,
  store: MediaStore,
  kind: MediaKind,
  data: Uint8Array,
): Promise<MediaPointer> {
  const mediaKey = randomBytes(32)
  const { cipherKey, iv, macKey } = await getMediaKeys(mediaKey, kind)
  const cipher = createCipheriv('aes-256-cbc', required(cipherKey), required(iv))
  const sealed = Buffer.concat([cipher.update(data), cipher.final()])
  const whole = Buffer.concat([sealed, macOf(sealed, iv, required(macKey))])
  const directPath = `/v/${randomBytes(12).toString('hex')}.enc`
  store.set(directPath, whole)
  return {
    directPath,
    mediaKey,
    fileSha256: sha256(data),
    fileEncSha256: sha256(whole),
    fileLength: data.length,
  }
}

/** What the receiving phone sees. Throws when the file is not there, or is not what the message says. */
export async function openMedia(
  { getMediaKeys }: Baileys,
  store: MediaStore,
  kind: MediaKind,
  pointer: Partial<Record<keyof MediaPointer, unknown>>,
): Promise<Uint8Array> {
  const whole = store.get(String(pointer.directPath))
  if (!whole) throw new Error(`There is no file at ${String(pointer.directPath)}`)
  const { cipherKey, iv, macKey } = await getMediaKeys(pointer.mediaKey as Uint8Array, kind)
  const sealed = whole.subarray(0, -MAC_BYTES)
  if (!macOf(sealed, iv, required(macKey)).equals(whole.subarray(-MAC_BYTES)))
    throw new Error('The file does not match its authentication code')
  if (!sha256(whole).equals(Buffer.from(pointer.fileEncSha256 as Uint8Array)))
    throw new Error('The file does not match fileEncSha256')
  const cipher = createDecipheriv('aes-256-cbc', required(cipherKey), required(iv))
  const data = Buffer.concat([cipher.update(sealed), cipher.final()])
  if (!sha256(data).equals(Buffer.from(pointer.fileSha256 as Uint8Array)))
    throw new Error('The file does not match fileSha256')
  return new Uint8Array(data)
}

function macOf(sealed: Uint8Array, iv: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(iv).update(sealed).digest().subarray(0, MAC_BYTES)
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

function required(key: Uint8Array | null | undefined): Uint8Array {
  if (!key) throw new Error('The media key gives no such key')
  return key
}
