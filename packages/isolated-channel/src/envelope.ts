import type { Envelope, Health } from '@junctor/channel'

const LARGEST_BYTES = 1024 * 1024
const kinds: readonly unknown[] = ['dm', 'group', 'channel']
const attachmentKinds: readonly unknown[] = ['image', 'audio', 'video', 'file']

type Fields = { readonly [key: string]: unknown }

/** What a package hands over as an envelope, once every field is what the contract says. Throws `TypeError` naming the first that is not. */
export function parseEnvelope(value: unknown): Envelope {
  const envelope = fieldsOf(value, 'an envelope')
  if (JSON.stringify(envelope).length > LARGEST_BYTES)
    throw new TypeError(`an envelope is larger than ${LARGEST_BYTES} bytes`)
  texts(envelope, 'channel', 'accountId', 'nativeId')
  optionalTexts(envelope, 'threadId', 'guildId', 'teamId')
  peer(envelope['peer'], 'peer')
  list(envelope['parents'], 'parents', peer)
  list(envelope['roles'], 'roles', text)
  const sender = fieldsOf(envelope['sender'], 'sender')
  texts(sender, 'id')
  optionalTexts(sender, 'name', 'username')
  booleans(sender, 'isBot', 'isSelf')
  if (typeof envelope['sentAt'] !== 'number' || !Number.isFinite(envelope['sentAt']))
    throw new TypeError('sentAt is no number')
  switch (envelope['type']) {
    case 'message':
      message(envelope)
      break
    case 'edited':
      texts(envelope, 'targetId', 'text')
      break
    case 'deleted':
      texts(envelope, 'targetId')
      break
    case 'reaction':
      texts(envelope, 'targetId', 'emoji')
      booleans(envelope, 'added')
      break
    default:
      throw new TypeError('type is none that an envelope can have')
  }
  return value as Envelope
}

/** The same for a report about the state of an account. */
export function parseHealth(value: unknown): Health {
  const health = fieldsOf(value, 'health')
  if (health['state'] === 'online') return { state: 'online' }
  texts(health, 'reason')
  optionalTexts(health, 'qr')
  if (!['connecting', 'degraded', 'offline', 'needs-login'].includes(String(health['state'])))
    throw new TypeError('state is none that an account can have')
  return value as Health
}

function message(envelope: Fields): void {
  texts(envelope, 'text')
  optionalTexts(envelope, 'agentId')
  const mentions = fieldsOf(envelope['mentions'], 'mentions')
  booleans(mentions, 'self')
  list(mentions['ids'] ?? null, 'mentions.ids', text)
  if (envelope['replyTo'] !== undefined) {
    const replyTo = fieldsOf(envelope['replyTo'], 'replyTo')
    texts(replyTo, 'nativeId')
    optionalTexts(replyTo, 'senderId', 'text')
  }
  list(envelope['attachments'] ?? null, 'attachments', (value, name) => {
    const attachment = fieldsOf(value, name)
    if (!attachmentKinds.includes(attachment['kind']))
      throw new TypeError(`${name} has an unknown kind`)
    texts(attachment, 'ref')
    optionalTexts(attachment, 'name', 'mediaType')
  })
}

function peer(value: unknown, name: string): void {
  const fields = fieldsOf(value, name)
  texts(fields, 'id')
  if (!kinds.includes(fields['kind'])) throw new TypeError(`${name} has an unknown kind`)
}

function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new TypeError(`${name} is no object`)
  return value as Fields
}

function text(value: unknown, name: string): void {
  if (typeof value !== 'string') throw new TypeError(`${name} is no text`)
}

function texts(fields: Fields, ...names: readonly string[]): void {
  for (const name of names) text(fields[name], name)
}

function optionalTexts(fields: Fields, ...names: readonly string[]): void {
  for (const name of names) if (fields[name] !== undefined) text(fields[name], name)
}

function booleans(fields: Fields, ...names: readonly string[]): void {
  for (const name of names)
    if (typeof fields[name] !== 'boolean') throw new TypeError(`${name} is neither true nor false`)
}

/** An absent list is none; anything else that is not a list is an error. */
function list(value: unknown, name: string, each: (value: unknown, name: string) => void): void {
  if (value === undefined) return
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`)
  for (const [index, entry] of value.entries()) each(entry, `${name}[${index}]`)
}
