import { Buffer } from 'node:buffer'
import { whatsAppError } from './errors.ts'

export type MediaKind = 'image' | 'video' | 'audio' | 'document' | 'sticker'

/** The message that a file came with: its writer's phone is asked to put the file back when the hosts have dropped it. */
export interface MediaOrigin {
  readonly id: string
  readonly chat: string
  readonly author: string
  readonly isGroup: boolean
  readonly isOwn: boolean
}

/** Where an encrypted file lies and what opens it. */
export interface MediaReference extends MediaOrigin {
  readonly kind: MediaKind
  /** A path on WhatsApp's media hosts. The address that the writer names besides is never looked at. */
  readonly path: string
  /** Base64. */
  readonly key: string
  /** Of the plain file, base64. */
  readonly sha256: string
  readonly sizeBytes: number
}

interface MediaFields {
  readonly directPath?: string | null
  readonly mediaKey?: Uint8Array | null
  readonly fileSha256?: Uint8Array | null
  readonly fileLength?: unknown
}

/** Undefined when the message does not say what it takes to open the file. */
export function toReference(
  { directPath, mediaKey, fileSha256, fileLength }: MediaFields,
  kind: MediaKind,
  origin: MediaOrigin,
): string | undefined {
  if (!directPath || !mediaKey?.length || !fileSha256?.length) return undefined
  const reference: MediaReference = {
    ...origin,
    kind,
    path: directPath,
    key: Buffer.from(mediaKey).toString('base64'),
    sha256: Buffer.from(fileSha256).toString('base64'),
    sizeBytes: Number(fileLength ?? 0),
  }
  return Buffer.from(JSON.stringify(reference)).toString('base64url')
}

export function parseReference(text: string): MediaReference {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    if (typeof value === 'object' && value !== null && 'path' in value && 'key' in value) {
      return value as MediaReference
    }
  } catch {
    // Not written here; the error below says so.
  }
  throw whatsAppError('NOT_FOUND', 'the reference does not name a file of this channel.')
}
