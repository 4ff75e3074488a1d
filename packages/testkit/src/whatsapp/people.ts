import type { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { groupOf, personOf, type AccountState } from './account-state.ts'
import type { Message } from './baileys.ts'
import { deliver } from './deliveries.ts'
import { storeMedia, type MediaKind } from './media.ts'
import { sealFor, type Draft } from './sealing.ts'
import type { Peer } from './peer.ts'

/** Something that a person writes. */
export interface WhatsAppSay {
  /** Digits of a person for a direct message, or the id of a group. */
  readonly chat: string
  readonly text?: string
  /** Digits; in a direct message it is the person. `self`: the account's owner, on the phone. */
  readonly from?: string
  readonly id?: string
  readonly replyTo?: string
  /** Digits of people, or `self`. */
  readonly mentions?: readonly string[]
  readonly file?: {
    readonly kind: MediaKind
    readonly name: string
    readonly data: Uint8Array
    readonly mediaType?: string
  }
  /** Whether the stanza names the writer by number or by the address that hides it. Default `lid`. */
  readonly addressing?: 'lid' | 'number'
  /** Leave out what links the two forms of the writer's address. */
  readonly hidesNumber?: boolean
  /** Seconds since 1970. Default: now. */
  readonly sentAt?: number
}

export interface WhatsAppChange {
  readonly chat: string
  readonly id: string
  /** Digits or `self`. Default: the person of the direct chat. */
  readonly from?: string
  /** Whose message it changes. Default: the writer's own. */
  readonly author?: string
}

export function say(account: AccountState, options: WhatsAppSay): string {
  const id = options.id ?? newId()
  const file = options.file && storeFile(account, options.file)
  const context = contextOf(account, options)
  send(account, { ...options, id }, async () => {
    const pointer = await file
    if (pointer) return withCaption(pointer, options.text, context)
    const text = options.text ?? ''
    if (!context) return { conversation: text }
    return { extendedTextMessage: { text, contextInfo: context } }
  })
  return id
}

export function edit(
  account: AccountState,
  change: WhatsAppChange & { readonly text: string },
): string {
  const { MESSAGE_EDIT } = account.baileys.proto.Message.ProtocolMessage.Type
  return changeWith(account, change, '1', (key) => ({
    protocolMessage: {
      key,
      type: MESSAGE_EDIT,
      editedMessage: { conversation: change.text },
      timestampMs: Date.now(),
    },
  }))
}

export function revoke(account: AccountState, change: WhatsAppChange): string {
  const { REVOKE } = account.baileys.proto.Message.ProtocolMessage.Type
  return changeWith(account, change, '7', (key) => ({ protocolMessage: { key, type: REVOKE } }))
}

/** No emoji takes the reaction back. */
export function react(
  account: AccountState,
  change: WhatsAppChange & { readonly emoji: string | undefined },
): string {
  return changeWith(account, change, undefined, (key) => ({
    reactionMessage: { key, text: change.emoji ?? '', senderTimestampMs: Date.now() },
  }))
}

/** Encrypts any message of a person and queues it for the device. */
export function send(
  account: AccountState,
  options: WhatsAppSay & { readonly id: string; readonly edit?: string },
  compose: () => Promise<Message>,
): void {
  const { chat, id } = options
  const author = authorOf(account, chat, options.from)
  const composed = compose()
  composed.catch((error: unknown) => account.problems.push(error))
  const from = author === account.phone ? 'self' : author.number
  const written = composed.then((message) => account.chats.write({ chat, id, from, message }))
  written.catch((error: unknown) => account.problems.push(error))
  const draft: Omit<Draft, 'message'> = {
    chat,
    id,
    author,
    addressing: options.addressing ?? 'lid',
    hidesNumber: options.hidesNumber ?? false,
    sentAt: options.sentAt ?? Math.floor(Date.now() / 1000),
    type: options.file ? 'media' : 'text',
    ...(options.edit === undefined ? {} : { edit: options.edit }),
  }
  const offer = (retry?: number): void =>
    deliver(account, {
      id,
      refusalsToCome: retry === undefined ? 0 : 1,
      build: async (device) =>
        sealFor(account, device, {
          ...draft,
          message: await composed,
          ...(retry === undefined ? {} : { retry }),
        }),
    })
  const file = options.file && composed.then((message) => fileOf(account, message))
  account.written.set(id, { author, deliverAgain: offer, ...(file ? { file } : {}) })
  offer()
}

function fileOf(
  { media }: AccountState,
  message: Message,
): { readonly bytes: Buffer; readonly mediaKey: Uint8Array } | undefined {
  const pointer =
    message.imageMessage ??
    message.videoMessage ??
    message.audioMessage ??
    message.documentMessage ??
    message.stickerMessage
  const bytes = media.get(pointer?.directPath ?? '')
  return bytes && pointer?.mediaKey ? { bytes, mediaKey: pointer.mediaKey } : undefined
}

type MessageKey = NonNullable<NonNullable<Message['reactionMessage']>['key']>

function changeWith(
  account: AccountState,
  change: WhatsAppChange,
  edit_: string | undefined,
  compose: (key: MessageKey) => Message,
): string {
  const id = newId()
  const writer = authorOf(account, change.chat, change.from)
  const author = authorOf(account, change.chat, change.author ?? change.from)
  const isGroup = account.groups.has(change.chat)
  const key = {
    remoteJid: isGroup ? change.chat : personOf(account, change.chat).lid,
    id: change.id,
    fromMe: author === writer,
    ...(isGroup ? { participant: author.lid } : {}),
  }
  send(account, { ...change, id, ...(edit_ === undefined ? {} : { edit: edit_ }) }, async () =>
    compose(key),
  )
  return id
}

function authorOf(account: AccountState, chat: string, from: string | undefined): Peer {
  if (from === 'self') return account.phone
  if (!account.groups.has(chat)) return personOf(account, chat)
  const member = from === undefined ? [...groupOf(account, chat).members.values()][0] : undefined
  return member ?? personOf(account, from ?? '15550000042')
}

function contextOf(
  account: AccountState,
  { chat, replyTo, mentions = [] }: WhatsAppSay,
): NonNullable<Message['extendedTextMessage']>['contextInfo'] {
  if (replyTo === undefined && mentions.length === 0) return undefined
  const addressOf = (who: string): string =>
    who === 'self' ? account.phone.lid : personOf(account, who).lid
  const answered = account.chats.shown(chat).find(({ id }) => id === replyTo)
  return {
    ...(replyTo === undefined ? {} : { stanzaId: replyTo }),
    ...(answered
      ? {
          participant: addressOf(answered.from),
          quotedMessage: { conversation: answered.text },
        }
      : {}),
    mentionedJid: mentions.map(addressOf),
  }
}

async function storeFile(
  { baileys, media }: AccountState,
  { kind, name, data, mediaType }: NonNullable<WhatsAppSay['file']>,
): Promise<Message> {
  const pointer = await storeMedia(baileys, media, kind, data)
  const described = { ...pointer, mimetype: mediaType ?? usualTypes[kind] }
  const named = kind === 'document' ? { ...described, fileName: name } : described
  return { [`${kind}Message`]: named }
}

const usualTypes: Readonly<Record<MediaKind, string>> = {
  image: 'image/jpeg',
  video: 'video/mp4',
  audio: 'audio/ogg; codecs=opus',
  document: 'application/octet-stream',
  sticker: 'image/webp',
}

function withCaption(
  file: Message,
  text: string | undefined,
  contextInfo: ReturnType<typeof contextOf>,
): Message {
  const fields = { ...(text ? { caption: text } : {}), ...(contextInfo ? { contextInfo } : {}) }
  return Object.fromEntries(
    Object.entries(file).map(([name, value]) => [name, { ...(value as object), ...fields }]),
  )
}

/** Shaped like the ids of iPhones. */
export function newId(): string {
  return `3A${randomBytes(9).toString('hex').toUpperCase()}`
}
