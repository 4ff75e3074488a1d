import { MessageReferenceType, type APIAttachment, type APIMessage } from '@discordjs/core'
import type { Attachment } from '@junctor/channel'

/** What a message says in words. */
export function readText(message: APIMessage): string {
  if (message.content !== '') return message.content
  const forwarded = forwardedMessage(message)
  if (forwarded?.content) return forwarded.content
  const stickers = message.sticker_items?.map(({ name }) => name).join(' ')
  if (stickers) return stickers
  const { poll } = message
  if (!poll) return ''
  const answers = poll.answers.map(({ poll_media: { text = '' } }) => `- ${text}`)
  return [poll.question.text ?? '', ...answers].join('\n')
}

/** Files by reference: the addresses that Discord gives expire, and nobody but Discord may choose them. */
export function readAttachments(message: APIMessage): readonly Attachment[] {
  return filesOf(message).map((file) => {
    const mediaType = file.content_type?.split(';')[0]
    return {
      kind: kindOf(mediaType),
      ref: `${message.channel_id}/${message.id}/${file.id}`,
      name: file.filename,
      ...(mediaType === undefined ? {} : { mediaType }),
      sizeBytes: file.size,
    }
  })
}

export function filesOf(message: APIMessage): readonly APIAttachment[] {
  return [...message.attachments, ...(forwardedMessage(message)?.attachments ?? [])]
}

function forwardedMessage(message: APIMessage) {
  return message.message_reference?.type === MessageReferenceType.Forward
    ? message.message_snapshots?.[0]?.message
    : undefined
}

function kindOf(mediaType = ''): Attachment['kind'] {
  const [kind] = mediaType.split('/')
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'file'
}
