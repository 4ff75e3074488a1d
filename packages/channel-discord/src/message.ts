import { MessageReferenceType, MessageType, type APIMessage, type APIUser } from '@discordjs/core'
import type { EnvelopeBase, Mentions, MessageEnvelope, Reference, Sender } from '@junctor/channel'
import { readAttachments, readText } from './content.ts'
import type { Directory } from './directory.ts'
import type { Place } from './places.ts'

/** What an event says of the member who caused it. REST leaves it out. */
export interface Member {
  readonly roles: readonly string[]
  readonly nick?: string | null | undefined
}

export interface IncomingMessage {
  readonly message: APIMessage
  readonly member: Member | undefined
}

/** Who this account is on Discord. */
export interface Self {
  readonly botId: string
  readonly directory: Pick<Directory, 'isOwnRole'>
}

const written: ReadonlySet<MessageType> = new Set([
  MessageType.Default,
  MessageType.Reply,
  MessageType.ChatInputCommand,
  MessageType.ContextMenuCommand,
])

/** Nothing for joins, pins and other notices, and for messages without words and files. */
export function toMessage(
  { message, member }: IncomingMessage,
  place: Place,
  self: Self,
): MessageEnvelope | undefined {
  if (!written.has(message.type)) return undefined
  const text = readText(message)
  const attachments = readAttachments(message)
  if (text === '' && attachments.length === 0) return undefined
  const replyTo = readReference(message)
  return {
    type: 'message',
    nativeId: message.id,
    ...place,
    ...rolesOf(member),
    sender: readSender(message.author, member, self.botId, message.webhook_id !== undefined),
    sentAt: readTime(message.timestamp),
    text,
    mentions: readMentions(message, self),
    ...(replyTo ? { replyTo } : {}),
    attachments,
  }
}

export function readSender(
  user: APIUser,
  member: Member | undefined,
  botId: string,
  isWebhook = false,
): Sender {
  const name = member?.nick ?? user.global_name ?? user.username
  const isSelf = user.id === botId
  return {
    id: user.id,
    name,
    username: user.username,
    isBot: user.bot === true || isWebhook,
    isSelf,
  }
}

export function rolesOf(member: Member | undefined): Pick<EnvelopeBase, 'roles'> {
  return member ? { roles: [...member.roles] } : {}
}

export function readTime(timestamp: string): number {
  const ms = Date.parse(timestamp)
  if (!Number.isSafeInteger(ms)) throw new TypeError(`"${timestamp}" is no time`)
  return ms
}

/** An answer to the bot calls it as much as its name does; so does the role that Discord made for it. */
function readMentions(message: APIMessage, { botId, directory }: Self): Mentions {
  const ids = message.mentions.map(({ id }) => id)
  const isAnswered =
    message.message_reference?.type !== MessageReferenceType.Forward &&
    message.referenced_message?.author.id === botId
  const self = isAnswered || ids.includes(botId) || message.mention_roles.some(directory.isOwnRole)
  return { self, ids }
}

function readReference(message: APIMessage): Reference | undefined {
  const { message_reference: reference, referenced_message: answered } = message
  if (!reference?.message_id || reference.type === MessageReferenceType.Forward) return undefined
  const text = answered && readText(answered)
  return {
    nativeId: reference.message_id,
    ...(answered ? { senderId: answered.author.id } : {}),
    ...(text ? { text } : {}),
  }
}
