import { Buffer } from 'node:buffer'
import { createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { ChannelError } from '@junctor/channel'
import type { Baileys } from './baileys.ts'
import { whatsAppError } from './errors.ts'
import type { Link } from './link.ts'
import { downloadUrl } from './media-hosts.ts'
import { mediaKeys, type MediaKeys } from './media-keys.ts'
import { parseReference, type MediaReference } from './media-reference.ts'
import type { Settings } from './options.ts'

export interface DownloadOptions {
  readonly baileys: Baileys
  readonly link: Link
  readonly settings: Settings
  readonly fetch: typeof globalThis.fetch
}

const MAC_BYTES = 10
/** The cipher pads to whole blocks. */
const MOST_PADDING = 16

/** Fetches and decrypts a file. A file that the hosts have dropped is asked for at the phone of the account, once. */
export async function download(
  ref: string,
  options: DownloadOptions,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const reference = parseReference(ref)
  const { maxDownloadBytes } = options.settings
  if (reference.sizeBytes > maxDownloadBytes) throw tooLarge(maxDownloadBytes)
  let response = await get(reference.path, options, signal)
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel()
    response = await get(await askPhone(reference, options, signal), options, signal)
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    const isGone = response.status === 404 || response.status === 410
    const code = isGone ? 'NOT_FOUND' : 'UNAVAILABLE'
    throw whatsAppError(code, `the file answers with ${response.status}.`)
  }
  const keys = await mediaKeys(
    Buffer.from(reference.key, 'base64'),
    reference.kind,
    options.baileys,
  )
  const open = decrypting(keys, Buffer.from(reference.sha256, 'base64'), maxDownloadBytes)
  return response.body.pipeThrough(open)
}

async function get(
  path: string,
  { settings, fetch }: DownloadOptions,
  signal: AbortSignal,
): Promise<Response> {
  const url = downloadUrl(path, settings)
  try {
    const headers = { origin: 'https://web.whatsapp.com' }
    return await fetch(url, { headers, signal, redirect: 'error' })
  } catch (cause) {
    throw whatsAppError('UNAVAILABLE', `the file cannot be fetched (${String(cause)}).`, { cause })
  }
}

async function askPhone(
  { id, chat, author, isGroup, isOwn, key, kind, path }: MediaReference,
  { link }: DownloadOptions,
  signal: AbortSignal,
): Promise<string> {
  const { socket } = await link.ready(signal)
  const field = `${kind}Message`
  const mediaKey = Buffer.from(key, 'base64')
  const message = { [field]: { mediaKey, directPath: path } }
  const participant = isGroup ? { participant: author } : {}
  const request = { key: { id, remoteJid: chat, fromMe: isOwn, ...participant }, message }
  try {
    const answer = await socket.updateMediaMessage(request)
    const found: unknown = Object.entries(answer.message ?? {}).find(
      ([name]) => name === field,
    )?.[1]
    if (typeof found === 'object' && found !== null && 'directPath' in found) {
      return String(found.directPath)
    }
  } catch (cause) {
    if (ChannelError.isInstance(cause)) throw cause
    throw whatsAppError('NOT_FOUND', 'the file has expired, and the phone no longer has it.', {
      cause,
    })
  }
  throw whatsAppError('NOT_FOUND', 'the file has expired.')
}

/** Bytes come out as they are decrypted; the stream fails at the end when they are not what the writer sent. */
function decrypting(
  { cipherKey, iv, macKey }: MediaKeys,
  sha256: Buffer,
  maxBytes: number,
): TransformStream<Uint8Array, Uint8Array> {
  const cipher = createDecipheriv('aes-256-cbc', cipherKey, iv)
  const mac = createHmac('sha256', macKey).update(iv)
  const hash = createHash('sha256')
  let bytes = 0
  let rest: Buffer = Buffer.alloc(0)
  const give = (plain: Buffer, controller: TransformStreamDefaultController<Uint8Array>): void => {
    hash.update(plain)
    if (plain.length > 0) controller.enqueue(new Uint8Array(plain))
  }

  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.length
      if (bytes > maxBytes + MAC_BYTES + MOST_PADDING) throw tooLarge(maxBytes)
      const all = Buffer.concat([rest, chunk])
      const end = Math.max(0, all.length - MAC_BYTES)
      const sealed = all.subarray(0, end)
      rest = all.subarray(end)
      mac.update(sealed)
      give(cipher.update(sealed), controller)
    },
    flush(controller) {
      const expected = mac.digest().subarray(0, MAC_BYTES)
      const isGenuine = rest.length === MAC_BYTES && timingSafeEqual(rest, expected)
      if (!isGenuine) throw damaged()
      give(cipher.final(), controller)
      if (!hash.digest().equals(sha256)) throw damaged()
    },
  })
}

function damaged(): Error {
  return whatsAppError('INVALID', 'the file is not what its sender encrypted.')
}

function tooLarge(maxBytes: number): Error {
  return whatsAppError(
    'TOO_LARGE',
    `the file is larger than the ${maxBytes} bytes that are fetched.`,
  )
}
