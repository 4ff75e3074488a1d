import { findEntry, putMessage, replaceText } from '../conversations.ts'
import { pushMessage } from '../events.ts'
import { pushChange, pushDeletion, threadOf } from '../people.ts'
import { readContent, textOf } from '../text.ts'
import { refuse, type SlackMessage } from '../types.ts'
import type { WorkspaceState } from '../workspace-state.ts'
import type { Method } from './method.ts'

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage'({ workspace, params }) {
    const conversation = workspace.conversations.writable(params['channel'], { users: true })
    const content = readContent(params)
    const thread = readThread(params)
    const message: SlackMessage = {
      ...ownMessage(workspace, content.text),
      ...threadOf(conversation, thread),
    }
    putMessage(conversation, message, content)
    pushMessage(workspace, conversation, message)
    workspace.changed()
    return { channel: conversation.id, ts: message.ts, message }
  },

  'chat.update'({ workspace, params }) {
    const conversation = workspace.conversations.writable(params['channel'])
    const entry = findEntry(conversation, params['ts'])
    if (entry.message.bot_id !== workspace.botId) refuse('cant_update_message')
    if (entry.stream && !entry.stream.endedBy) refuse('streaming_state_conflict')
    const content = readContent(params)
    const before = entry.message
    replaceText(entry, content, workspace.botUserId, workspace.nextTs())
    pushChange(workspace, conversation, before, entry.message)
    return { channel: conversation.id, ts: before.ts, text: content.text }
  },

  'chat.delete'({ workspace, params }) {
    const conversation = workspace.conversations.writable(params['channel'])
    const { message } = findEntry(conversation, params['ts'])
    if (message.bot_id !== workspace.botId) refuse('cant_delete_message')
    conversation.messages.delete(message.ts)
    pushDeletion(workspace, conversation, message)
    return { channel: conversation.id, ts: message.ts }
  },
}

export function ownMessage(workspace: WorkspaceState, text: string): SlackMessage {
  const { botUserId, botId, appId, teamId, name } = workspace
  return {
    type: 'message',
    ts: workspace.nextTs(),
    text,
    user: botUserId,
    bot_id: botId,
    app_id: appId,
    team: teamId,
    bot_profile: { id: botId, app_id: appId, name, team_id: teamId },
  }
}

export function readThread(params: Readonly<Record<string, unknown>>): string | undefined {
  const thread = textOf(params, 'thread_ts')
  if (thread === '') return undefined
  return /^\d+\.\d{6}$/.test(thread) ? thread : refuse('invalid_thread_ts')
}
