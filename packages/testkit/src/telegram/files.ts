import type { BotState } from './bot-state.ts'
import type { RequestBody, UploadedFile } from '../http-body.ts'
import { refuse, type TelegramFile, type TelegramMessage } from './types.ts'

export type FileKind = 'photo' | 'document' | 'audio' | 'video' | 'voice'

/** https://core.telegram.org/bots/api#getfile */
export const maxDownloadBytes = 20 * 1024 * 1024
/** https://core.telegram.org/bots/api#senddocument */
export const maxUploadBytes = 50 * 1024 * 1024

const mediaTypes: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  pdf: 'application/pdf',
  jpg: 'image/jpeg',
  png: 'image/png',
  ogg: 'audio/ogg',
  mp3: 'audio/mpeg',
  mp4: 'video/mp4',
}

/** Keep a file and describe it the way a message of this kind does. */
export function storeFile(
  bot: BotState,
  kind: FileKind,
  file: UploadedFile,
): Partial<TelegramMessage> {
  const id = `${kind}-${bot.nextFileId++}`
  bot.files.set(id, file)
  const base: TelegramFile = { file_id: id, file_unique_id: `u-${id}`, file_size: file.data.length }
  if (kind === 'photo') {
    const thumbnail = { ...base, file_id: `${id}-small`, file_size: 1, width: 90, height: 90 }
    return { photo: [thumbnail, { ...base, width: 800, height: 800 } as TelegramFile] }
  }
  const mediaType = mediaTypes[file.name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  const named = { ...base, mime_type: mediaType }
  return { [kind]: kind === 'voice' ? named : { ...named, file_name: file.name } }
}

/** A media parameter: an uploaded part or the id of a file that Telegram has. */
export function readMedia(
  bot: BotState,
  body: RequestBody,
  kind: FileKind,
  value: unknown,
): Partial<TelegramMessage> {
  const part = typeof value === 'string' ? value.replace(/^attach:\/\//, '') : kind
  const uploaded = body.files.get(part)
  if (uploaded) {
    if (uploaded.data.length > maxUploadBytes) refuse(413, 'Request Entity Too Large')
    if (uploaded.data.length === 0) refuse(400, 'Bad Request: file must be non-empty')
    return storeFile(bot, kind, uploaded)
  }
  const known = bot.files.get(part)
  if (known) return storeFile(bot, kind, known)
  return refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified')
}

export function describeFile(bot: BotState, fileId: unknown): object {
  const file = bot.files.get(String(fileId))
  if (!file) return refuse(400, 'Bad Request: invalid file_id')
  if (file.data.length > maxDownloadBytes) return refuse(400, 'Bad Request: file is too big')
  return {
    file_id: fileId,
    file_unique_id: `u-${String(fileId)}`,
    file_size: file.data.length,
    file_path: `files/${String(fileId)}`,
  }
}
