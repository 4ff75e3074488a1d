import { ChannelError, type OutboundFile, type Sent } from '@junctor/channel'
import { InputFile, type Api } from 'grammy'
import type {
  InputMediaAudio,
  InputMediaDocument,
  InputMediaPhoto,
  InputMediaVideo,
} from 'grammy/types'
import type { ApiSignal } from './api-signal.ts'
import type { ErrorMapper } from './errors.ts'
import type { Formatted } from './formatted.ts'
import { toSent, type Target } from './target.ts'

/** https://core.telegram.org/bots/api#senddocument */
const maxFileBytes = 50 * 1024 * 1024
/** https://core.telegram.org/bots/api#sendphoto */
const maxCaptionLength = 1024
/** https://core.telegram.org/bots/api#sendmediagroup */
const maxGroupSize = 10

interface FileSender {
  readonly api: Api
  readonly toError: ErrorMapper
}

interface FileMessage extends Formatted {
  readonly files: readonly OutboundFile[]
}

/** The files with the text as caption; a text too long for one goes ahead as a message of its own. */
export async function sendFiles(
  { api, toError }: FileSender,
  common: Target,
  { text, entities, files }: FileMessage,
  signal: ApiSignal,
): Promise<Sent> {
  if (files.length > maxGroupSize) {
    throw new ChannelError(
      'telegram',
      'INVALID',
      `Telegram takes at most ${maxGroupSize} files in one message, not ${files.length}; send them in several.`,
    )
  }
  const list = [...entities]
  if (text.length <= maxCaptionLength) {
    const caption = text === '' ? {} : { caption: text, caption_entities: list }
    return upload(api, common, { caption, files }, signal)
  }
  const sent = toSent(await api.raw.sendMessage({ ...common, text, entities: list }, signal))
  try {
    await upload(api, common, { caption: {}, files }, signal)
  } catch (error) {
    // The text is posted: whatever stopped the files, this must not count as "not posted".
    const cause = toError(error, 'send')
    throw new ChannelError(
      'telegram',
      'UNKNOWN',
      `The text was posted, the files not: ${cause.message}`,
      {
        cause,
        details: { nativeId: sent.nativeId },
      },
    )
  }
  return sent
}

interface Upload {
  readonly caption: {
    readonly caption?: string
    readonly caption_entities?: Formatted['entities'][number][]
  }
  readonly files: readonly OutboundFile[]
}

type Kind = 'photo' | 'video' | 'audio' | 'document'
type Album =
  | readonly (InputMediaPhoto | InputMediaVideo)[]
  | readonly InputMediaAudio[]
  | readonly InputMediaDocument[]

async function upload(
  api: Api,
  common: Target,
  { caption, files }: Upload,
  signal: ApiSignal,
): Promise<Sent> {
  const [only] = files
  if (only && files.length === 1) {
    const shared = { ...common, ...caption }
    const file = toInputFile(only)
    switch (kindOf(only)) {
      case 'photo': {
        return toSent(await api.raw.sendPhoto({ ...shared, photo: file }, signal))
      }
      case 'video': {
        return toSent(await api.raw.sendVideo({ ...shared, video: file }, signal))
      }
      case 'audio': {
        return toSent(await api.raw.sendAudio({ ...shared, audio: file }, signal))
      }
      case 'document': {
        return toSent(await api.raw.sendDocument({ ...shared, document: file }, signal))
      }
    }
  }
  const type = albumKind(files)
  const media = files.map((file, index) => ({
    type: type ?? kindOf(file),
    media: toInputFile(file),
    ...(index === 0 ? caption : {}),
  })) as unknown as Album
  const [first] = await api.raw.sendMediaGroup({ ...common, media }, signal)
  if (!first) throw new TypeError('sendMediaGroup answered with no message')
  return toSent(first)
}

/** Photos and videos share an album; audio and documents only with their like. */
function albumKind(files: readonly OutboundFile[]): Kind | undefined {
  const kinds = new Set(files.map(kindOf))
  if (kinds.size === 1) return [...kinds][0]
  return kinds.has('audio') || kinds.has('document') ? 'document' : undefined
}

function kindOf({ mediaType }: OutboundFile): Kind {
  if (/^image\/(?:jpeg|png|webp)$/.test(mediaType)) return 'photo'
  if (mediaType === 'video/mp4') return 'video'
  return /^audio\/(?:mpeg|mp4|x-m4a)$/.test(mediaType) ? 'audio' : 'document'
}

function toInputFile(file: OutboundFile): InputFile {
  // grammY writes the name into a header as it is.
  const name = file.name.replaceAll(/[\r\n";\\/]/g, '_')
  return new InputFile(limited(file), name)
}

async function* limited(file: OutboundFile): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of file.data()) {
    bytes += chunk.byteLength
    if (bytes > maxFileBytes) {
      throw new ChannelError(
        'telegram',
        'TOO_LARGE',
        `"${file.name}" is larger than the ${maxFileBytes} bytes that Telegram takes.`,
      )
    }
    yield chunk
  }
}
