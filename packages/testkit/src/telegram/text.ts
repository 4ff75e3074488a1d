import { refuse, type TelegramEntity } from './types.ts'

export interface FormattedText {
  readonly text: string
  readonly entities: readonly TelegramEntity[]
}

/** Limits after entities are taken out: https://core.telegram.org/bots/api#sendmessage */
export const maxMessageLength = 4096
export const maxCaptionLength = 1024

export function readText(params: Readonly<Record<string, unknown>>): FormattedText {
  const read = readFormatted(params['text'], params['parse_mode'], params['entities'])
  if (read.text === '') refuse(400, 'Bad Request: message text is empty')
  if (read.text.length > maxMessageLength) refuse(400, 'Bad Request: message is too long')
  return read
}

export function readCaption(params: Readonly<Record<string, unknown>>): FormattedText {
  const read = readFormatted(params['caption'], params['parse_mode'], params['caption_entities'])
  if (read.text.length > maxCaptionLength) refuse(400, 'Bad Request: message caption is too long')
  return read
}

function readFormatted(raw: unknown, parseMode: unknown, entities: unknown): FormattedText {
  const source = typeof raw === 'string' ? raw : ''
  if (parseMode === 'HTML') return trimmed({ text: stripHtml(source), entities: [] })
  if (parseMode === 'MarkdownV2') return trimmed({ text: stripMarkdown(source), entities: [] })
  return trimmed({ text: source, entities: checkEntities(source, entities) })
}

/** Telegram shows no white space around a message and moves the entities along. */
function trimmed({ text, entities }: FormattedText): FormattedText {
  const start = text.length - text.trimStart().length
  const clean = text.trim()
  if (start === 0 && clean.length === text.length) return { text, entities }
  const kept = entities.flatMap((entity) => {
    const offset = Math.max(0, entity.offset - start)
    const end = Math.min(clean.length, entity.offset + entity.length - start)
    return end > offset ? [{ ...entity, offset, length: end - offset }] : []
  })
  return { text: clean, entities: kept }
}

function checkEntities(text: string, entities: unknown): readonly TelegramEntity[] {
  if (!Array.isArray(entities)) return []
  const list = entities as readonly TelegramEntity[]
  if (list.some((entity) => !isInside(text, entity))) {
    refuse(400, 'Bad Request: ENTITY_BOUNDS_INVALID')
  }
  return list
}

function isInside(text: string, { offset, length }: TelegramEntity): boolean {
  const end = offset + length
  return (
    Number.isInteger(offset) &&
    Number.isInteger(length) &&
    offset >= 0 &&
    length > 0 &&
    end <= text.length &&
    !splitsPair(text, offset) &&
    !splitsPair(text, end)
  )
}

function splitsPair(text: string, index: number): boolean {
  const before = text.charCodeAt(index - 1)
  const after = text.charCodeAt(index)
  return before >= 0xd8_00 && before <= 0xdb_ff && after >= 0xdc_00 && after <= 0xdf_ff
}

function stripHtml(source: string): string {
  const open: string[] = []
  const text = source.replaceAll(/<(\/?)([a-z-]+)[^>]*>/gi, (_tag, slash: string, name: string) => {
    if (!slash) open.push(name)
    else if (open.pop() !== name) badEntities(`Unexpected end tag "${name}"`)
    return ''
  })
  const last = open.at(-1)
  if (last) badEntities(`Can't find end tag corresponding to start tag "${last}"`)
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
}

function stripMarkdown(source: string): string {
  const reserved = /(?<!\\)[.!\-+=#|{}>]/.exec(source)?.[0]
  if (reserved) {
    badEntities(`Character '${reserved}' is reserved and must be escaped with the preceding '\\'`)
  }
  if ((source.match(/(?<!\\)\*/g)?.length ?? 0) % 2 === 1) badEntities("Can't find end of Bold")
  return source.replaceAll(/(?<!\\)[*_~`]/g, '').replaceAll(/\\(.)/g, '$1')
}

function badEntities(reason: string): never {
  return refuse(400, `Bad Request: can't parse entities: ${reason}`)
}

/** What Telegram's own clients mark in a typed message. */
export function findEntities(text: string): readonly TelegramEntity[] {
  const found: TelegramEntity[] = []
  const add = (type: string, pattern: RegExp): void => {
    for (const match of text.matchAll(pattern)) {
      found.push({ type, offset: match.index, length: match[0].length })
    }
  }
  add('mention', /(?<![\w@])@\w{3,32}/g)
  add('bot_command', /(?<![\w/])\/\w{1,32}(?:@\w+)?/g)
  add('url', /https?:\/\/\S+/g)
  return found.sort((one, other) => one.offset - other.offset)
}
