import { chatMethods } from './methods/chat.ts'
import { conversationMethods } from './methods/conversations.ts'
import { fileMethods } from './methods/files.ts'
import type { Method } from './methods/method.ts'
import { reactionMethods } from './methods/reactions.ts'
import { readThread } from './methods/chat.ts'
import { streamMethods } from './methods/streams.ts'
import { textOf } from './text.ts'
import { refuse } from './types.ts'

const methods: Readonly<Record<string, Method>> = {
  ...chatMethods,
  ...streamMethods,
  ...conversationMethods,
  ...reactionMethods,
  ...fileMethods,

  'auth.test': ({ workspace: { teamId, name, botUserId, botId } }) => ({
    url: 'https://example.slack.com/',
    team: 'Example',
    user: name,
    team_id: teamId,
    user_id: botUserId,
    bot_id: botId,
    is_enterprise_install: false,
  }),

  'users.info'({ workspace, params }) {
    const id = textOf(params, 'user')
    if (!/^[UW][A-Z0-9]+$/.test(id)) refuse('user_not_found')
    const person = workspace.people.get(id) ?? {
      name: `person_${id.toLowerCase()}`,
      real_name: `Person ${id}`,
    }
    const profile = { display_name: '', real_name: person.real_name }
    return { user: { id, team_id: workspace.teamId, ...person, profile, is_bot: false } }
  },

  'assistant.threads.setStatus'({ workspace, params }) {
    workspace.conversations.writable(params['channel_id'])
    if (readThread(params) === undefined) refuse('invalid_thread_ts')
    return {}
  },
}

export function findMethod(name: string): Method | undefined {
  return Object.hasOwn(methods, name) ? methods[name] : undefined
}
