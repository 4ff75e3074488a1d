import type { Attachment } from '@junctor/channel'
import type { Message } from 'grammy/types'

/** What a message says in words; nothing for service messages and for media without a caption. */
export function readText(message: Message): string | undefined {
  const { text, caption, sticker, location, venue, contact, poll, dice } = message
  if (text !== undefined) return text
  if (caption !== undefined) return caption
  if (sticker?.emoji) return sticker.emoji
  if (venue) {
    return `${venue.title}, ${venue.address} (geo:${venue.location.latitude},${venue.location.longitude})`
  }
  if (location) return `geo:${location.latitude},${location.longitude}`
  if (contact)
    return [contact.first_name, contact.last_name, contact.phone_number].filter(Boolean).join(' ')
  if (poll) return [poll.question, ...poll.options.map((option) => `- ${option.text}`)].join('\n')
  return dice ? `${dice.emoji} ${dice.value}` : undefined
}

interface Media {
  readonly file_id: string
  readonly file_size?: number
  readonly mime_type?: string
  readonly file_name?: string
}

/** Media by reference: a `file_id` stays valid for this bot. */
export function readAttachments(message: Message): readonly Attachment[] {
  // An animation comes as a document too, for old clients.
  if (message.animation) return [attachment('video', message.animation, 'video/mp4')]
  const largest = message.photo?.at(-1)
  return [
    ...(largest ? [attachment('image', largest, 'image/jpeg')] : []),
    ...(message.document ? [attachment('file', message.document)] : []),
    ...(message.video ? [attachment('video', message.video, 'video/mp4')] : []),
    ...(message.video_note ? [attachment('video', message.video_note, 'video/mp4')] : []),
    ...(message.audio ? [attachment('audio', message.audio)] : []),
    ...(message.voice ? [attachment('audio', message.voice, 'audio/ogg')] : []),
    ...(message.sticker
      ? [attachment('image', message.sticker, stickerType(message.sticker))]
      : []),
  ]
}

function attachment(kind: Attachment['kind'], media: Media, usualType?: string): Attachment {
  const mediaType = media.mime_type ?? usualType
  return {
    kind,
    ref: media.file_id,
    ...(media.file_name === undefined ? {} : { name: media.file_name }),
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(media.file_size === undefined ? {} : { sizeBytes: media.file_size }),
  }
}

function stickerType(sticker: {
  readonly is_animated: boolean
  readonly is_video: boolean
}): string {
  if (sticker.is_animated) return 'application/x-tgsticker'
  return sticker.is_video ? 'video/webm' : 'image/webp'
}
