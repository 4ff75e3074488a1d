import type { MessageEnvelope } from '@junctor/channel'
import type { CommandsConfig } from '@junctor/config'
import { commands } from './table.ts'

/** A command that somebody wrote. */
export interface Invocation {
  readonly name: string
  readonly argument: string
}

/** How a room's message calls somebody before it says anything: `@name`, `<@id>`, `name:`. */
const CALL = /^\s*(?:<@[^>\s]+>|@\S+|[^\s/]+[:,])\s+(?=\/)/

/**
 * Exactly a known name behind a slash, at the start of the text or behind a mention of the account. Everything else that begins
 * with a slash is text for the agent.
 */
export function recogniseCommand(
  envelope: MessageEnvelope,
  { enabled }: CommandsConfig,
): Invocation | undefined {
  const { text, mentions, attachments, peer } = envelope
  if (!enabled || attachments.length > 0) return undefined
  const said = peer.kind !== 'dm' && mentions.self ? text.replace(CALL, '') : text
  const found = /^\/([a-z]+)(?:@(\S+))?(?:\s+(.*))?$/s.exec(said.trim())
  const [, name = '', addressee, argument = ''] = found ?? []
  // Telegram's way to say which of several bots is meant; the channel has compared the names.
  if (addressee !== undefined && !(mentions.self && mentions.ids.length > 0)) return undefined
  return commands.some((command) => command.name === name)
    ? { name, argument: argument.trim() }
    : undefined
}
