import type {
  GatewayMessageReactionAddDispatchData,
  GatewayMessageReactionRemoveDispatchData,
} from '@discordjs/core'
import type { Envelope, Sender } from '@junctor/channel'
import { readSender, readTime, rolesOf, type IncomingMessage } from './message.ts'
import type { Place } from './places.ts'

export interface IncomingEdit extends Pick<IncomingMessage, 'member'> {
  readonly message: Partial<IncomingMessage['message']>
}

/**
 * An edit by its author. Discord updates messages for other reasons too, when it has looked at a link for example, and then
 * leaves out the time of the edit or the content.
 */
export function toEdit(
  { message, member }: IncomingEdit,
  place: Place,
  known: { readonly botId: string; readonly author: Sender | undefined },
): Envelope | undefined {
  const { id, content, author, edited_timestamp: editedAt } = message
  if (id === undefined || content === undefined || !editedAt) return undefined
  const sender = author
    ? readSender(author, member, known.botId, message.webhook_id !== undefined)
    : known.author
  if (!sender) return undefined
  return {
    type: 'edited',
    nativeId: `edit:${id}:${editedAt}`,
    targetId: id,
    ...place,
    ...rolesOf(member),
    sender,
    sentAt: readTime(editedAt),
    text: content,
  }
}

/** Discord does not say who deleted it, nor when. The author stands for both. */
export function toDeletion(
  id: string,
  place: Place,
  author: Sender | undefined,
  nowMs: number,
): Envelope {
  const isDirect = place.peer.kind === 'dm'
  return {
    type: 'deleted',
    nativeId: `delete:${id}`,
    targetId: id,
    ...place,
    sender: author ?? { id: isDirect ? place.peer.id : 'unknown', isBot: false, isSelf: false },
    sentAt: nowMs,
  }
}

export interface ReactionEvent {
  readonly reaction:
    | GatewayMessageReactionAddDispatchData
    | GatewayMessageReactionRemoveDispatchData
  readonly added: boolean
  /** Reactions have no id of their own; a replay has the same place in the session. */
  readonly eventId: string
  readonly nowMs: number
}

export function toReaction(
  { reaction, added, eventId, nowMs }: ReactionEvent,
  place: Place,
  botId: string,
): Envelope {
  const emoji = emojiOf(reaction.emoji)
  const member = 'member' in reaction ? reaction.member : undefined
  const sender = member?.user
    ? readSender(member.user, member, botId)
    : { id: reaction.user_id, isBot: false, isSelf: reaction.user_id === botId }
  return {
    type: 'reaction',
    nativeId: `reaction:${eventId}:${added ? '+' : '-'}${emoji}`,
    targetId: reaction.message_id,
    ...place,
    ...rolesOf(member),
    sender,
    sentAt: nowMs,
    emoji,
    added,
  }
}

/** A character, or `name:id` for an emoji of a guild: what `react` takes too. */
function emojiOf({
  id,
  name,
}: {
  readonly id: string | null
  readonly name: string | null
}): string {
  return id === null ? (name ?? '') : `${name ?? '_'}:${id}`
}
