import type { Attachment } from '@junctor/channel'
import type { Content, ContextInfo } from './baileys.ts'
import { toReference, type MediaKind, type MediaOrigin } from './media-reference.ts'

/** What a message says in words; nothing for keys, polls' votes and other things between apps. */
export function readText(content: Content): string | undefined {
  const { conversation, extendedTextMessage, contactMessage, contactsArrayMessage } = content
  if (conversation) return conversation
  if (extendedTextMessage) return extendedTextMessage.text ?? ''
  const location = content.locationMessage ?? content.liveLocationMessage
  if (location) {
    const named = 'name' in location && location.name ? `${location.name} ` : ''
    return `${named}geo:${location.degreesLatitude ?? 0},${location.degreesLongitude ?? 0}`
  }
  if (contactMessage) return contactText(contactMessage)
  if (contactsArrayMessage) return contactsArrayMessage.contacts?.map(contactText).join('\n')
  const poll =
    content.pollCreationMessage ?? content.pollCreationMessageV2 ?? content.pollCreationMessageV3
  if (poll) {
    const options = poll.options?.map(({ optionName }) => `- ${optionName ?? ''}`) ?? []
    return [poll.name ?? '', ...options].join('\n')
  }
  return captionOf(content) ?? choiceOf(content)
}

function captionOf(content: Content): string | undefined {
  return (
    content.imageMessage?.caption ??
    content.videoMessage?.caption ??
    content.documentMessage?.caption ??
    undefined
  )
}

/** A button or a list entry that somebody tapped. */
function choiceOf(content: Content): string | undefined {
  return (
    content.buttonsResponseMessage?.selectedDisplayText ??
    content.templateButtonReplyMessage?.selectedDisplayText ??
    content.listResponseMessage?.title ??
    undefined
  )
}

function contactText({
  displayName,
  vcard,
}: {
  readonly displayName?: string | null
  readonly vcard?: string | null
}): string {
  const number = /^TEL[^:\n]*:(.*)$/m.exec(vcard ?? '')?.[1]?.trim()
  return [displayName, number].filter(Boolean).join(' ')
}

/** Files by reference: what it takes to fetch and decrypt them. */
export function readAttachments(content: Content, origin: MediaOrigin): readonly Attachment[] {
  return (['image', 'video', 'ptv', 'audio', 'document', 'sticker'] as const).flatMap((kind) => {
    const file = content[`${kind}Message`]
    const mediaKind: MediaKind = kind === 'ptv' ? 'video' : kind
    const ref = file && toReference(file, mediaKind, origin)
    if (!file || !ref) return []
    const name = 'fileName' in file ? file.fileName : undefined
    const sizeBytes = file.fileLength ? Number(file.fileLength) : undefined
    return [
      {
        kind: shownKinds[mediaKind],
        ref,
        ...(name ? { name } : {}),
        ...(file.mimetype ? { mediaType: file.mimetype } : {}),
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
      },
    ]
  })
}

const shownKinds: Readonly<Record<MediaKind, Attachment['kind']>> = {
  image: 'image',
  sticker: 'image',
  video: 'video',
  audio: 'audio',
  document: 'file',
}

/** Whom a message calls and what it answers. */
export function readContext(content: Content): ContextInfo | undefined {
  for (const part of Object.values(content) as unknown[]) {
    if (typeof part !== 'object' || part === null || !('contextInfo' in part)) continue
    if (part.contextInfo) return part.contextInfo
  }
  return undefined
}
