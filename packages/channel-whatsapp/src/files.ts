import { Buffer } from 'node:buffer'
import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { ChannelError, type OutboundFile } from '@junctor/channel'
import type { Baileys, Content, ContextInfo } from './baileys.ts'
import { whatsAppError } from './errors.ts'
import { maxFileBytes, maxPreviewBytes } from './limits.ts'
import { uploadOrigins } from './media-hosts.ts'
import { mediaKeys } from './media-keys.ts'
import type { MediaKind } from './media-reference.ts'
import type { Settings } from './options.ts'
import type { Stream } from './stream.ts'

export interface UploadOptions {
  readonly baileys: Baileys
  readonly stream: Stream
  readonly settings: Settings
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
}

export interface UploadedFile {
  readonly takesCaption: boolean
  readonly compose: (caption: string, context: ContextInfo | undefined) => Content
}

/** Encrypts a file and puts it on a media host; the message then says where it is and how to open it. */
export async function uploadFile(
  file: OutboundFile,
  options: UploadOptions,
): Promise<UploadedFile> {
  const data = await readAll(file, options.signal)
  const kind = kindOf(file.mediaType, data.length)
  const { baileys } = options
  const mediaKey = randomBytes(32)
  const { cipherKey, iv, macKey } = await mediaKeys(mediaKey, kind, baileys)
  const cipher = createCipheriv('aes-256-cbc', cipherKey, iv)
  const sealed = Buffer.concat([cipher.update(data), cipher.final()])
  const mac = createHmac('sha256', macKey).update(iv).update(sealed).digest().subarray(0, 10)
  const whole = Buffer.concat([sealed, mac])
  const fileEncSha256 = sha256(whole)
  const directPath = await put(whole, fileEncSha256, kind, options)
  const pointer = {
    directPath,
    url: `https://mmg.whatsapp.net${directPath}`,
    mediaKey,
    mediaKeyTimestamp: Math.floor(Date.now() / 1000),
    fileSha256: sha256(data),
    fileEncSha256,
    fileLength: data.length,
    mimetype: file.mediaType,
  }
  return {
    takesCaption: kind !== 'audio',
    compose: (caption, contextInfo) => ({
      [`${kind}Message`]: {
        ...pointer,
        ...(kind === 'document' ? { fileName: file.name, title: file.name } : {}),
        ...(caption === '' ? {} : { caption }),
        ...(contextInfo ? { contextInfo } : {}),
      },
    }),
  }
}

/** What the apps show as itself; everything else is a document. */
function kindOf(mediaType: string, bytes: number): MediaKind {
  if (bytes > maxPreviewBytes) return 'document'
  if (/^image\/(?:jpeg|png)$/.test(mediaType)) return 'image'
  if (mediaType === 'video/mp4') return 'video'
  return /^audio\/(?:mpeg|mp4|aac|ogg)\b/.test(mediaType) ? 'audio' : 'document'
}

async function readAll(file: OutboundFile, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of file.data()) {
    signal.throwIfAborted()
    bytes += chunk.byteLength
    if (bytes > maxFileBytes) {
      const problem = `"${file.name}" is larger than the ${maxFileBytes} bytes that are sent.`
      throw whatsAppError('TOO_LARGE', problem)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function put(
  data: Buffer,
  hash: Buffer,
  kind: MediaKind,
  { baileys, stream, settings, fetch, signal }: UploadOptions,
): Promise<string> {
  const { hosts, auth } = await stream.socket.refreshMediaConn(false)
  const token = encodeURIComponent(hash.toString('base64url'))
  const path = `${baileys.MEDIA_PATH_MAP[kind]}/${token}`
  let problem = 'the server names no media host'
  for (const origin of uploadOrigins(hosts, settings)) {
    try {
      const url = `${origin}${path}?auth=${encodeURIComponent(auth)}&token=${token}`
      const headers = {
        'content-type': 'application/octet-stream',
        origin: 'https://web.whatsapp.com',
      }
      const response = await fetch(url, {
        method: 'POST',
        body: new Uint8Array(data),
        headers,
        redirect: 'error',
        signal,
      })
      const answer: unknown = await response.json().catch(() => undefined)
      if (response.ok && typeof answer === 'object' && answer !== null && 'direct_path' in answer) {
        return String(answer.direct_path)
      }
      problem = `a media host answers with ${response.status}`
    } catch (error) {
      if (ChannelError.isInstance(error)) throw error
      problem = String(error)
    }
  }
  throw whatsAppError('UNAVAILABLE', `the file could not be uploaded: ${problem}.`)
}

function sha256(data: Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}
