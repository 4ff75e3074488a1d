import type { Conversation } from './conversations.ts'
import type { WorkspaceState } from './workspace-state.ts'

type Fields = Readonly<Record<string, unknown>>

/** https://docs.slack.dev/apis/events-api/#callback-field */
export function pushEvent(workspace: WorkspaceState, event: Fields): void {
  const { teamId, appId, botUserId } = workspace
  const authorization = { enterprise_id: null, team_id: teamId, user_id: botUserId, is_bot: true }
  workspace.deliveries.push({
    kind: 'events_api',
    body: {
      token: 'verification-token',
      team_id: teamId,
      api_app_id: appId,
      event,
      type: 'event_callback',
      event_id: workspace.nextId('Ev'),
      event_time: Math.floor(Number(event['event_ts'])),
      authorizations: [{ ...authorization, is_enterprise_install: false }],
      is_ext_shared_channel: false,
      event_context: '4-event-context',
    },
  })
}

/** Unlike mentions, message events tell what kind of conversation theirs is. */
export function pushMessage(
  workspace: WorkspaceState,
  { id, kind }: Conversation,
  message: Fields,
): void {
  pushEvent(workspace, {
    ...message,
    type: 'message',
    channel: id,
    channel_type: kind === 'private' ? 'group' : kind,
    event_ts: message['ts'],
  })
}

/** A mention comes a second time, under a type of its own and with the same `ts`. */
export function pushMention(
  workspace: WorkspaceState,
  { id, kind }: Conversation,
  message: Fields,
): void {
  if (kind === 'im') return
  pushEvent(workspace, { ...message, type: 'app_mention', channel: id, event_ts: message['ts'] })
}
