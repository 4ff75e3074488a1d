import { ChannelError, type Address, type Connection } from '@junctor/channel'
import type { Directory } from './directory.ts'
import { toEmojiName } from './emoji.ts'
import { slackCode } from './errors.ts'
import { sendFiles } from './send-files.ts'
import { threadFor, toSent, toTimestamp } from './target.ts'
import { toTextParams } from './outbound-text.ts'
import type { Streams } from './streams.ts'
import type { Api } from './web-api.ts'

export interface SenderOptions {
  readonly api: Api
  readonly directory: Directory
  readonly botUserId: string
  readonly streams: Pick<Streams, 'says' | 'forget'>
}

type Sender = Required<Pick<Connection, 'send' | 'edit' | 'remove' | 'react' | 'typing'>>

/** Posts and changes messages. No call is tried twice after it may have had an effect. */
export function createSender({ api, directory, botUserId, streams }: SenderOptions): Sender {
  const channelOf = ({ peer }: Address, signal: AbortSignal): Promise<string> =>
    directory.conversationOf(peer, signal)

  return {
    async send(to, message, { signal }) {
      const thread = threadFor(to, message.replyTo)
      if (message.files?.length) {
        const channel = await channelOf(to, signal)
        return sendFiles(api, { channel, thread, files: message.files, message }, signal)
      }
      const params = toTextParams(message)
      const { channel, ts } = await api.call('send', signal, (client) =>
        client.chat.postMessage({
          // A person stands for the DM with them, also where the app may not open one.
          channel: directory.knownConversationOf(to.peer),
          ...(thread === undefined ? {} : { thread_ts: thread }),
          ...params,
        }),
      )
      if (to.peer.kind === 'dm' && channel !== undefined)
        directory.learn(channel, { kind: 'dm', user: to.peer.id })
      return toSent(ts)
    },

    async edit(to, nativeId, message, { signal }) {
      const ts = toTimestamp(nativeId)
      const params = toTextParams(message)
      // Slack would mark the message as edited although nothing has changed.
      if (message.format === 'markdown' && streams.says(to, ts, message.text)) return
      streams.forget(to, ts)
      const channel = await channelOf(to, signal)
      const update = (): Promise<unknown> =>
        api.call('edit', signal, (client) => client.chat.update({ channel, ts, ...params }))
      try {
        await update()
      } catch (error) {
        if (slackCode(error) !== 'streaming_state_conflict') throw error
        // A stream that was left open, as after a crash: it takes edits once it has ended.
        await api.call('edit', signal, (client) => client.chat.stopStream({ channel, ts }))
        await update()
      }
    },

    async remove(to, nativeId, { signal }) {
      const ts = toTimestamp(nativeId)
      const channel = await channelOf(to, signal)
      await api.call('remove', signal, (client) => client.chat.delete({ channel, ts }))
    },

    async react(to, nativeId, emoji, { signal }) {
      const at = { channel: await channelOf(to, signal), timestamp: toTimestamp(nativeId) }
      if (emoji === '') {
        for (const name of await ownReactions(at, signal))
          await api
            .call('react', signal, (client) => client.reactions.remove({ ...at, name }))
            .catch(unless('no_reaction'))
        return
      }
      const name = toEmojiName(emoji)
      if (name === undefined) {
        const problem = `Slack names its emoji, and the name of ${emoji} is not known here; use ":name:".`
        throw new ChannelError('slack', 'UNSUPPORTED', problem)
      }
      await api
        .call('react', signal, (client) => client.reactions.add({ ...at, name }))
        .catch(unless('already_reacted'))
    },

    async typing(to, { signal, replyTo }) {
      const thread = threadFor(to, replyTo)
      // Slack shows a status in threads alone.
      if (thread === undefined) return
      const channel = await channelOf(to, signal)
      await api.call('typing', signal, (client) =>
        client.assistant.threads.setStatus({
          channel_id: channel,
          thread_ts: thread,
          status: 'is typing…',
        }),
      )
    },
  }

  async function ownReactions(
    at: { readonly channel: string; readonly timestamp: string },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const answer = await api.call('react', signal, (client) =>
      client.reactions.get({ ...at, full: true }),
    )
    const reactions = answer.message?.reactions ?? []
    return reactions.flatMap(({ name, users }) =>
      name && users?.includes(botUserId) ? [name] : [],
    )
  }
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (slackCode(error) !== code) throw error
  }
}
