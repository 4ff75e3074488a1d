import type { Message } from '@junctor/agent'
import type { Address, Envelope, MessageEnvelope } from '@junctor/channel'
import type { JsonValue, MessageReference } from '@junctor/store'
import type { Invocation } from './commands/recognise.ts'
import type { Route } from './routes.ts'

export function addressOf({ channel, accountId, peer, threadId }: Address): Address {
  return { channel, accountId, peer, ...(threadId === undefined ? {} : { threadId }) }
}

/** The same conversation and thread. */
export function isSameAddress(one: Address, other: Address): boolean {
  return (
    one.channel === other.channel &&
    one.accountId === other.accountId &&
    one.peer.kind === other.peer.kind &&
    one.peer.id === other.peer.id &&
    one.threadId === other.threadId
  )
}

/** The same message of the platform, whatever thread it is in. */
export function isSameMessage(one: MessageReference, other: MessageReference): boolean {
  return (
    one.nativeId === other.nativeId &&
    isSameAddress({ ...one, threadId: '' }, { ...other, threadId: '' })
  )
}

export function referenceOf(envelope: Envelope): MessageReference {
  return { ...addressOf(envelope), nativeId: envelope.nativeId }
}

/** Contract types are JSON by construction; optional fields that are `undefined` vanish when they are stored. */
export function toJson(value: object): JsonValue {
  return value as JsonValue
}

/** What is kept of a message that was not let in: enough to explain it, nothing of what it said. */
export function withoutText(envelope: Envelope): JsonValue {
  const { sender, sentAt, type, guildId, teamId, roles, parents } = envelope
  return toJson({ type, sender, sentAt, guildId, teamId, roles, parents })
}

/** Reads back what `receive` stored. A row that is not a message is a defect of the store, never of its sender. */
export function parseEnvelope(body: JsonValue): MessageEnvelope {
  if (fieldOf(body, 'type') === 'message') return body as unknown as MessageEnvelope
  throw new TypeError('An inbox row does not hold a message envelope.')
}

/** The route that was stored with a message, if it is one. */
export function parseRoute(trace: JsonValue): Route | undefined {
  const route = fieldOf(trace, 'route')
  return typeof fieldOf(route, 'agentId') === 'string' ? (route as unknown as Route) : undefined
}

/** The command that was recognised in a message when it came, if it is one. */
export function parseCommand(trace: JsonValue): Invocation | undefined {
  const command = fieldOf(trace, 'command')
  const name = textOf(command, 'name')
  return name === '' ? undefined : { name, argument: textOf(command, 'argument') }
}

/** Reads back what a commit stored. */
export function parseMessage(role: Message['role'], parts: readonly JsonValue[]): Message {
  return { role, parts: parts as unknown as Message['parts'] }
}

/** A field of a JSON object; null where there is none. */
export function fieldOf(value: JsonValue, name: string): JsonValue {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null
  return (value as { readonly [key: string]: JsonValue })[name] ?? null
}

/** A text field of a JSON object; empty where there is none. */
export function textOf(value: JsonValue, name: string): string {
  const text = fieldOf(value, name)
  return typeof text === 'string' ? text : ''
}
