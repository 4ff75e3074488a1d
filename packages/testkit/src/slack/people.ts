import {
  findEntry,
  putMessage,
  replaceText,
  type Conversation,
  type Entry,
} from './conversations.ts'
import { pushEvent, pushMention, pushMessage } from './events.ts'
import { storeFile, type SaidFile } from './files.ts'
import { readText, toWireText } from './text.ts'
import type { ConversationKind, SlackMessage } from './types.ts'
import type { WorkspaceState } from './workspace-state.ts'

/** Something that a person writes. */
export interface Say {
  /** `C…` a channel, `G…` a private one, `D…` a DM; a user id `U…` means the DM with that person. */
  readonly channel: string
  /** As typed. `@name` of the bot calls it, and `<`, `>`, `&` go over the wire escaped. */
  readonly text?: string
  /** Instead of `text`: exactly what goes over the wire, tokens like `<@U1>` included. */
  readonly wireText?: string
  /** Who writes. Default: the person of the DM, `U42` elsewhere. `self`: the app itself, from another process. */
  readonly from?: string
  /** Default: by the first letter of the id. */
  readonly kind?: ConversationKind
  /** `ts` of the message that begins the thread. */
  readonly thread?: string
  /** A reply that is also shown in the channel. */
  readonly broadcast?: boolean
  readonly ts?: string
  readonly file?: SaidFile
  /** Any other field of the message, like `bot_id` or `subtype`. */
  readonly more?: Readonly<Record<string, unknown>>
}

export interface Edit {
  readonly channel: string
  readonly ts: string
  readonly text: string
}

export function say(workspace: WorkspaceState, options: Say): SlackMessage {
  const conversation = workspace.conversations.ensure(options.channel, options.kind)
  const text = options.wireText ?? toWire(workspace, options.text ?? '')
  const file = options.file && storeFile(workspace, options.file)
  const message: SlackMessage = {
    type: 'message',
    ts: options.ts ?? workspace.nextTs(),
    text,
    ...authorOf(workspace, conversation, options.from),
    ...threadOf(conversation, options.thread),
    ...(file ? { files: [file], subtype: 'file_share', upload: false } : {}),
    ...(options.broadcast ? { subtype: 'thread_broadcast' } : {}),
    ...options.more,
  }
  putMessage(conversation, message, { shown: readText(text) })
  pushMessage(workspace, conversation, message)
  if (text.includes(`<@${workspace.botUserId}>`)) pushMention(workspace, conversation, message)
  workspace.changed()
  return message
}

export function edit(workspace: WorkspaceState, { channel, ts, text }: Edit): SlackMessage {
  const { conversation, entry } = find(workspace, channel, ts)
  const before = entry.message
  const wire = toWire(workspace, text)
  const content = { text: wire, shown: readText(wire) }
  replaceText(entry, content, before.user ?? '', workspace.nextTs())
  pushChange(workspace, conversation, before, entry.message)
  return entry.message
}

/** A message that has answers leaves a tombstone behind. */
export function remove(
  workspace: WorkspaceState,
  { channel, ts }: Pick<Edit, 'channel' | 'ts'>,
): void {
  const { conversation, entry } = find(workspace, channel, ts)
  const before = entry.message
  const hasReplies = [...conversation.messages.values()].some(
    ({ message }) => message.thread_ts === ts && message.ts !== ts,
  )
  conversation.messages.delete(ts)
  if (!hasReplies) return pushDeletion(workspace, conversation, before)
  const grave = { text: 'This message was deleted.', user: 'USLACKBOT', hidden: true }
  const tombstone: SlackMessage = { type: 'message', ts, subtype: 'tombstone', ...grave }
  pushChange(workspace, conversation, before, tombstone)
}

export interface Reaction {
  readonly channel: string
  readonly ts: string
  /** Slack's name, as in `thumbsup`. */
  readonly name: string
  /** Default `U42`. */
  readonly from?: string
  /** Take it back. */
  readonly removed?: boolean
}

export function react(workspace: WorkspaceState, reaction: Reaction): void {
  const { channel, ts, name, from = 'U42', removed = false } = reaction
  const { conversation, entry } = find(workspace, channel, ts)
  const index = entry.reactions.findIndex((one) => one.name === name && one.user === from)
  if (removed && index >= 0) entry.reactions.splice(index, 1)
  if (!removed && index < 0) entry.reactions.push({ name, user: from })
  pushEvent(workspace, {
    type: removed ? 'reaction_removed' : 'reaction_added',
    user: from,
    reaction: name,
    item: { type: 'message', channel: conversation.id, ts },
    item_user: entry.message.user,
    event_ts: workspace.nextTs(),
  })
}

/** Somebody types `/name arguments`, which the app has registered. */
export function command(
  workspace: WorkspaceState,
  options: { readonly channel: string; readonly command: string; readonly text?: string },
): string {
  const conversation = workspace.conversations.ensure(options.channel)
  const triggerId = `${workspace.nextId('1')}.${workspace.nextId('2')}`
  workspace.deliveries.push({
    kind: 'slash_commands',
    body: {
      token: 'verification-token',
      team_id: workspace.teamId,
      channel_id: conversation.id,
      channel_name: conversation.kind === 'im' ? 'directmessage' : 'general',
      user_id: conversation.user ?? 'U42',
      user_name: 'person',
      command: options.command,
      text: options.text ?? '',
      api_app_id: workspace.appId,
      response_url: `${workspace.origin()}/commands/1`,
      trigger_id: triggerId,
    },
  })
  return triggerId
}

/** The app itself changed a message, or its stream ended. */
export function pushChange(
  workspace: WorkspaceState,
  conversation: Conversation,
  before: SlackMessage,
  after: SlackMessage,
): void {
  const change = { subtype: 'message_changed', hidden: true, message: after }
  const ts = workspace.nextTs()
  pushMessage(workspace, conversation, { ...change, previous_message: before, ts })
  workspace.changed()
}

export function pushDeletion(
  workspace: WorkspaceState,
  conversation: Conversation,
  before: SlackMessage,
): void {
  const change = { subtype: 'message_deleted', hidden: true, deleted_ts: before.ts }
  const ts = workspace.nextTs()
  pushMessage(workspace, conversation, { ...change, previous_message: before, ts })
  workspace.changed()
}

function toWire({ name, botUserId }: WorkspaceState, text: string): string {
  return toWireText(text).replaceAll(new RegExp(`@${name}\\b`, 'g'), `<@${botUserId}>`)
}

function authorOf(
  { botUserId, botId, appId, teamId }: WorkspaceState,
  { user }: Conversation,
  from: string | undefined,
): Partial<SlackMessage> {
  if (from === 'self') return { user: botUserId, bot_id: botId, app_id: appId, team: teamId }
  return { user: from ?? user ?? 'U42', team: teamId }
}

/** What Slack says about the thread in each of its replies. */
export function threadOf(
  { messages }: Conversation,
  thread: string | undefined,
): Partial<SlackMessage> {
  if (thread === undefined) return {}
  const parent = messages.get(thread)?.message
  return { thread_ts: thread, ...(parent?.user ? { parent_user_id: parent.user } : {}) }
}

function find(
  { conversations }: WorkspaceState,
  channel: string,
  ts: string,
): { readonly conversation: Conversation; readonly entry: Entry } {
  const conversation = conversations.ensure(channel)
  return { conversation, entry: findEntry(conversation, ts) }
}
