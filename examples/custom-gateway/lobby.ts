// A channel of one's own: people are function calls. A real one would talk to a platform.
import type { Channel, ChannelHost, Connection, Outbound } from '@junctor/channel'

export interface Lobby {
  readonly channel: Channel
  /** Somebody speaks. Resolves once the gateway has stored it. */
  say(person: string, text: string): Promise<void>
  /** The next answer to this person. */
  answerTo(person: string): Promise<string>
}

export function createLobby(): Lobby {
  const answers = new Map<string, PromiseWithResolvers<string>>()
  let host: ChannelHost | undefined
  let said = 0

  const answerOf = (person: string): PromiseWithResolvers<string> => {
    const waiting = answers.get(person) ?? Promise.withResolvers<string>()
    answers.set(person, waiting)
    return waiting
  }

  const connection: Connection = {
    async send({ peer }, { text }: Outbound) {
      answerOf(peer.id).resolve(text)
      answers.delete(peer.id)
      return { nativeId: `answer-${peer.id}-${said}`, sentAt: Date.now() }
    },
    async close() {
      host = undefined
    },
  }

  return {
    channel: {
      spec: 'channel-v1',
      id: 'lobby',
      capabilities: {
        maxTextLength: 500,
        threads: false,
        files: false,
        edit: false,
        remove: false,
        reactions: false,
        typing: false,
        idempotentSend: false,
      },
      config: { '~standard': { version: 1, vendor: 'lobby', validate: (value) => ({ value }) } },
      async open(_config, opened) {
        host = opened
        return connection
      },
    },
    async say(person, text) {
      said += 1
      await host?.receive({
        type: 'message',
        channel: 'lobby',
        accountId: host.accountId,
        peer: { kind: 'dm', id: person },
        nativeId: String(said),
        sender: { id: person, isBot: false, isSelf: false },
        sentAt: Date.now(),
        text,
        mentions: { self: false, ids: [] },
        attachments: [],
      })
    },
    answerTo: (person) => answerOf(person).promise,
  }
}
