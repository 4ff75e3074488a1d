import type { Envelope, EnvelopeBase, MessageEnvelope, Peer, Sender } from '@junctor/channel'
import type { AccountFacts } from './account-facts.ts'
import { readAttachments } from './attachments.ts'
import type { Directory } from './directory.ts'
import { toEmoji } from './emoji.ts'
import {
  eventOf,
  textField,
  type Fields,
  type Payload,
  type RawMessage,
  type RawReaction,
} from './payload.ts'
import type { People } from './people.ts'
import { readMentionIds, readWireText, withoutAddress } from './wire-text.ts'

export interface ReadingOptions {
  readonly facts: AccountFacts
  readonly directory: Directory
  readonly people: People
  readonly now: () => number
  readonly signal: AbortSignal
}

/** What Slack tells means for a conversation; nothing for joins, pins, unfurled links and other news. */
export interface Reader {
  /** Throws a TypeError for what cannot be read, and a `ChannelError` when Slack had to be asked and did not answer. */
  read(payload: Payload): Promise<readonly Envelope[]>
}

/** Messages, in distinction from notes about joins, topics and calls: https://docs.slack.dev/reference/events/message */
const spoken = new Set(['bot_message', 'file_share', 'me_message', 'thread_broadcast'])

export function createReader({ facts, directory, people, now, signal }: ReadingOptions): Reader {
  const read = async (payload: Payload): Promise<readonly Envelope[]> => {
    if (payload.kind === 'command') return [await fromCommand(payload.body)]
    const teamId = textField(payload.body, 'team_id') ?? facts.teamId
    const event = eventOf(payload)
    switch (event?.['type']) {
      case 'message':
      case 'app_mention':
        return fromMessageEvent(event as unknown as RawMessage, teamId)
      case 'reaction_added':
      case 'reaction_removed':
        return fromReaction(event as unknown as RawReaction, teamId)
      default:
        return []
    }
  }

  const fromMessageEvent = async (
    event: RawMessage,
    teamId: string,
  ): Promise<readonly Envelope[]> => {
    const { subtype, message: after, previous_message: before } = event
    switch (subtype) {
      case 'message_deleted':
        return [await fromDeletion(event, before, teamId)]
      case 'message_changed':
        // A message with answers leaves a tombstone instead of being deleted.
        if (after?.subtype === 'tombstone') return [await fromDeletion(event, before, teamId)]
        // Slack tells of unfurled links and of new answers in the same way.
        if (after === undefined || after.text === before?.text) return []
        return [await fromEdit(event, after, teamId)]
      default:
        return subtype === undefined || spoken.has(subtype) ? fromMessage(event, teamId) : []
    }
  }

  const fromMessage = async (event: RawMessage, teamId: string): Promise<readonly Envelope[]> => {
    const wire = event.text || quotedText(event)
    const attachments = readAttachments(event.files)
    if (wire === '' && attachments.length === 0) return []
    const thread = threadOf(event)
    const isReply = thread !== undefined
    const ids = readMentionIds(wire)
    const message: MessageEnvelope = {
      type: 'message',
      nativeId: timestampOf(event.ts),
      ...(await placeOf(event, event, teamId)),
      sender: await senderOf(event),
      sentAt: toMs(event.ts),
      text: readWireText(withoutAddress(wire, facts.botUserId)),
      mentions: {
        self:
          event.type === 'app_mention' ||
          ids.includes(facts.botUserId) ||
          (isReply && event.parent_user_id === facts.botUserId),
        ids,
      },
      ...(isReply ? { replyTo: referenceTo(thread, event.parent_user_id) } : {}),
      attachments,
    }
    return [message]
  }

  const fromEdit = async (
    event: RawMessage,
    after: RawMessage,
    teamId: string,
  ): Promise<Envelope> => ({
    type: 'edited',
    nativeId: `edit:${timestampOf(after.ts)}:${timestampOf(event.event_ts ?? event.ts)}`,
    targetId: timestampOf(after.ts),
    ...(await placeOf(event, after, teamId)),
    sender: await senderOf(after),
    sentAt: toMs(event.event_ts ?? event.ts),
    text: readWireText(withoutAddress(after.text ?? '', facts.botUserId)),
  })

  const fromDeletion = async (
    event: RawMessage,
    before: RawMessage | undefined,
    teamId: string,
  ): Promise<Envelope> => {
    const target = timestampOf(event.deleted_ts ?? before?.ts ?? event.message?.ts)
    return {
      type: 'deleted',
      nativeId: `delete:${target}:${timestampOf(event.event_ts ?? event.ts)}`,
      targetId: target,
      ...(await placeOf(event, before ?? { type: 'message' }, teamId)),
      sender: await senderOf(before ?? { type: 'message', user: 'USLACKBOT' }),
      sentAt: toMs(event.event_ts ?? event.ts),
    }
  }

  const fromReaction = async (
    { type, user, reaction = '', event_ts: at, item }: RawReaction,
    teamId: string,
  ): Promise<readonly Envelope[]> => {
    if (item?.type !== 'message') return []
    const added = type === 'reaction_added'
    const channel = item.channel ?? ''
    return [
      {
        type: 'reaction',
        nativeId: `reaction:${timestampOf(at)}:${user}:${added ? '+' : '-'}${reaction}`,
        targetId: timestampOf(item.ts),
        ...(await placeOf({ type, channel }, { type, ...(user ? { user } : {}) }, teamId)),
        sender: await senderOf({ type, ...(user ? { user } : {}) }),
        sentAt: toMs(at),
        emoji: toEmoji(reaction),
        added,
      },
    ]
  }

  /** A slash command reaches the app alone and nobody sees it: it is a message to the account. */
  const fromCommand = async (body: Fields): Promise<Envelope> => {
    const user = textField(body, 'user_id')
    const command = textField(body, 'command')
    const trigger = textField(body, 'trigger_id')
    if (!user || !command || !trigger) throw new TypeError('The command lacks its user or its id')
    const channel = textField(body, 'channel_id') ?? ''
    const raw: RawMessage = { type: 'command', channel, user }
    const username = textField(body, 'user_name')
    const sender = await senderOf(raw)
    return {
      type: 'message',
      nativeId: `command:${trigger}`,
      ...(await placeOf(raw, raw, textField(body, 'team_id') ?? facts.teamId)),
      sender: username === undefined ? sender : { ...sender, username },
      sentAt: now(),
      text: [command, textField(body, 'text')].filter(Boolean).join(' '),
      mentions: { self: true, ids: [] },
      attachments: [],
    }
  }

  /** Where `subject` stands, of which `event` tells. */
  const placeOf = async (
    event: RawMessage,
    subject: RawMessage,
    teamId: string,
  ): Promise<Omit<EnvelopeBase, 'nativeId' | 'sender' | 'sentAt'>> => {
    const { channel: conversation, channel_type: channelType } = event
    if (!conversation) throw new TypeError('The event names no channel')
    const isOther = subject.user !== undefined && !isSelf(subject) && !subject.bot_id
    const person = isOther ? subject.user : undefined
    const peer: Peer = await directory.peerOf(conversation, { channelType, person }, signal)
    const thread = threadOf(subject)
    return {
      channel: 'slack',
      accountId: facts.accountId,
      peer,
      teamId,
      ...(thread === undefined ? {} : { threadId: thread }),
    }
  }

  const isSelf = ({ user, bot_id: bot }: RawMessage): boolean =>
    user === facts.botUserId || (bot !== undefined && bot === facts.botId)

  const senderOf = async (message: RawMessage): Promise<Sender> => {
    const { user, bot_id: bot, bot_profile: profile, username } = message
    const id = user ?? bot
    if (!id) throw new TypeError('The message has neither `user` nor `bot_id`')
    const isBot = bot !== undefined || id === facts.botUserId
    const { user_team: team } = message
    if (team !== undefined && team !== facts.teamId) people.learnTeam(id, team)
    if (!isBot) return { id, ...(await people.namesOf(id, signal)), isBot, isSelf: false }
    const name = username ?? profile?.name
    return { id, ...(name ? { name } : {}), isBot, isSelf: isSelf(message) }
  }

  return { read }
}

/** The message that begins a thread does not stand in it. */
function threadOf({ ts, thread_ts: thread }: RawMessage): string | undefined {
  return thread === undefined || thread === ts ? undefined : thread
}

function referenceTo(
  thread: string,
  author: string | undefined,
): NonNullable<MessageEnvelope['replyTo']> {
  return { nativeId: thread, ...(author === undefined ? {} : { senderId: author }) }
}

/** A message that only passes another one on says nothing itself. */
function quotedText({ attachments = [] }: RawMessage): string {
  return attachments.map(({ text, fallback }) => text ?? fallback ?? '').join('\n')
}

function timestampOf(ts: string | undefined): string {
  if (ts === undefined || !/^\d+\.\d+$/.test(ts)) throw new TypeError('The event lacks a timestamp')
  return ts
}

function toMs(ts: string | undefined): number {
  return Math.floor(Number(timestampOf(ts)) * 1000)
}
