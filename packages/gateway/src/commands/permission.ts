import type { MessageEnvelope } from '@junctor/channel'
import { settingsOf } from '../admission.ts'
import type { Snapshot } from '../snapshot.ts'
import type { Access } from './command.ts'

/** Whether a sender may use the commands that change things for others. */
export function isListed(
  { config, admission }: Snapshot,
  envelope: MessageEnvelope,
  isAuthenticated: boolean,
): boolean {
  if (isAuthenticated) return true
  const { channel, accountId, sender } = envelope
  const { allowFrom } = config.commands
  const list = Object.hasOwn(allowFrom, channel)
    ? (allowFrom[channel] ?? [])
    : (admission(channel, accountId)?.allowFrom ?? [])
  return list.includes('*') || list.includes(sender.id)
}

/** Why a command is refused; undefined when it is not. */
export function refusedFor(
  access: Access,
  envelope: MessageEnvelope,
  listed: boolean,
): string | undefined {
  const isNeeded =
    access === 'listed' || (access === 'listed in rooms' && envelope.peer.kind !== 'dm')
  if (!isNeeded || listed) return undefined
  return `only people in commands.allowFrom.${envelope.channel}, or without that in ${settingsOf(envelope)}.allowFrom, may use it${access === 'listed' ? '' : ' in a room'}`
}
