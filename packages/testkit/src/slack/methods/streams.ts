import {
  findEntry,
  putMessage,
  type Conversation,
  type Entry,
  type Stream,
} from '../conversations.ts'
import { pushChange, threadOf } from '../people.ts'
import { maxMarkdownLength, textOf } from '../text.ts'
import { refuse } from '../types.ts'
import { ownMessage, readThread } from './chat.ts'
import type { Method, MethodCall } from './method.ts'

/** https://docs.slack.dev/reference/methods/chat.startStream and its neighbours. */
export const streamMethods: Readonly<Record<string, Method>> = {
  'chat.startStream'({ workspace, params }) {
    const conversation = workspace.conversations.writable(params['channel'])
    const thread = readThread(params)
    if (thread === undefined) return refuseArguments('missing required field: thread_ts')
    checkRecipient(conversation, params)
    const added = readAddition(params)
    const message = { ...ownMessage(workspace, added.text), ...threadOf(conversation, thread) }
    const entry = putMessage(conversation, message, { shown: added.text })
    entry.stream = { mode: added.mode ?? 'markdown_text' }
    workspace.changed()
    return { channel: conversation.id, ts: message.ts }
  },

  'chat.appendStream'(call) {
    const { conversation, entry, stream } = findStream(call)
    const added = readAddition(call.params)
    if (added.text === '') refuse('no_text')
    append(entry, stream, added)
    call.workspace.changed()
    return { channel: conversation.id, ts: entry.message.ts }
  },

  'chat.stopStream'(call) {
    const { conversation, entry, stream } = findStream(call)
    const before = entry.message
    append(entry, stream, readAddition(call.params))
    stream.endedBy = 'message_not_in_streaming_state'
    pushChange(call.workspace, conversation, before, entry.message)
    return { channel: conversation.id, ts: before.ts, message: entry.message }
  },
}

interface Addition {
  readonly text: string
  readonly mode: Stream['mode'] | undefined
}

function readAddition(params: MethodCall['params']): Addition {
  const markdown = textOf(params, 'markdown_text')
  const { chunks } = params
  if (markdown !== '' && chunks !== undefined)
    refuse('cannot_provide_both_markdown_text_and_chunks')
  if (markdown.length > maxMarkdownLength) refuse('msg_too_long')
  if (chunks === undefined) return { text: markdown, mode: markdown ? 'markdown_text' : undefined }
  if (!Array.isArray(chunks)) return refuse('invalid_chunks')
  const texts = chunks.map((chunk: Readonly<Record<string, unknown>>) => textOf(chunk, 'text'))
  if (texts.some((text) => text.length > maxMarkdownLength)) refuse('msg_too_long')
  return { text: texts.join(''), mode: chunks.length > 0 ? 'chunks' : undefined }
}

function append(entry: Entry, stream: Stream, { text, mode }: Addition): void {
  if (mode !== undefined && mode !== stream.mode) refuse('streaming_mode_mismatch')
  if (text === '') return
  entry.history.push(entry.shown)
  entry.shown += text
  entry.message = { ...entry.message, text: entry.message.text + text }
}

function findStream({ workspace, params }: MethodCall): {
  readonly conversation: Conversation
  readonly entry: Entry
  readonly stream: Stream
} {
  const conversation = workspace.conversations.writable(params['channel'])
  const entry = findEntry(conversation, params['ts'])
  if (entry.message.bot_id !== workspace.botId) refuse('message_not_owned_by_app')
  const { stream } = entry
  if (!stream) return refuse('message_not_in_streaming_state')
  if (stream.endedBy) refuse(stream.endedBy)
  return { conversation, entry, stream }
}

/** Outside of a DM a stream has one reader; inside it takes none. */
function checkRecipient({ kind }: Conversation, params: MethodCall['params']): void {
  const [user, team] = [textOf(params, 'recipient_user_id'), textOf(params, 'recipient_team_id')]
  if (kind === 'im') {
    if (user !== '' || team !== '') refuseArguments('a DM takes no recipient')
    return
  }
  if (user === '') refuse('missing_recipient_user_id')
  if (team === '') refuse('missing_recipient_team_id')
}

function refuseArguments(reason: string): never {
  return refuse('invalid_arguments', { response_metadata: { messages: [`[ERROR] ${reason}`] } })
}
