import { putMessage } from '../conversations.ts'
import { pushMessage } from '../events.ts'
import { announceFile, findFile } from '../files.ts'
import { threadOf } from '../people.ts'
import { readText, textOf } from '../text.ts'
import { refuse, type SlackMessage } from '../types.ts'
import { ownMessage, readThread } from './chat.ts'
import type { Method } from './method.ts'

export const fileMethods: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal'({ workspace, params }) {
    const name = textOf(params, 'filename')
    if (name === '' || !(Number(params['length']) > 0)) refuse('invalid_arguments')
    const { id } = announceFile(workspace, name)
    return { upload_url: `${workspace.origin()}/upload/v1/${id}`, file_id: id }
  },

  'files.completeUploadExternal'({ workspace, params }) {
    const list = Array.isArray(params['files']) ? params['files'] : []
    const stored = list.map((item: Readonly<Record<string, unknown>>) =>
      findFile(workspace, item['id']),
    )
    if (stored.length === 0 || stored.some(({ data }) => data === undefined))
      refuse('posting_failed')
    const files = stored.map(({ file, data }) => ({ ...file, size: data?.length ?? 0 }))
    const channel = textOf(params, 'channel_id')
    if (channel !== '') {
      const conversation = workspace.conversations.writable(channel)
      const comment = textOf(params, 'initial_comment')
      const message: SlackMessage = {
        ...ownMessage(workspace, comment),
        ...threadOf(conversation, readThread(params)),
        subtype: 'file_share',
        files,
      }
      putMessage(conversation, message, { shown: readText(comment) })
      for (const { shares } of stored) shares.push({ channel, ts: message.ts })
      pushMessage(workspace, conversation, message)
    }
    workspace.changed()
    // Without `shares`: the message is made later, and only `files.info` tells its `ts`.
    return { files }
  },

  'files.info'({ workspace, params }) {
    const { file, data, shares } = findFile(workspace, params['file'])
    const byChannel = Object.groupBy(shares, ({ channel }) => channel)
    return { file: { ...file, size: data?.length ?? 0, shares: { private: byChannel } } }
  },
}
