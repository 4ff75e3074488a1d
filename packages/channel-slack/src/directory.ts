import { ChannelError, type Peer } from '@junctor/channel'
import { isFields, textField } from './payload.ts'
import type { Api } from './web-api.ts'

/** What a conversation is, by Slack's id of it. */
export interface Place {
  readonly kind: Peer['kind']
  /** The person of a DM. */
  readonly user?: string
}

/** Slack's conversations and who they are for us: a DM is its person, everything else is itself. */
export interface Directory {
  /** Without a `hint` Slack is asked about a conversation that is not known yet. */
  peerOf(conversation: string, hint: Hint, signal: AbortSignal): Promise<Peer>
  /** The conversation to use in calls. A DM that is not known is opened. */
  conversationOf(peer: Peer, signal: AbortSignal): Promise<string>
  /** The same without a call: a post may go to a person, too. */
  knownConversationOf(peer: Peer): string
  learn(conversation: string, place: Place): void
  placeOf(conversation: string): Place | undefined
}

export interface Hint {
  /** Slack's word for it, which only message events carry. */
  readonly channelType?: string | undefined
  /** Somebody in it who is not the account. */
  readonly person?: string | undefined
}

const mostKnown = 5000

export function createDirectory(api: Api): Directory {
  const places = new Map<string, Place>()
  const dmOf = new Map<string, string>()

  const learn: Directory['learn'] = (conversation, place) => {
    places.set(conversation, place)
    if (place.user !== undefined) dmOf.set(place.user, conversation)
    const [oldest] = places.keys()
    if (places.size > mostKnown && oldest !== undefined) {
      const user = places.get(oldest)?.user
      places.delete(oldest)
      if (user !== undefined) dmOf.delete(user)
    }
  }

  const ask = async (conversation: string, signal: AbortSignal): Promise<Place> => {
    try {
      const { channel } = await api.call('conversations.info', signal, (client) =>
        client.conversations.info({ channel: conversation }),
      )
      if (!channel?.is_im) return { kind: channel?.is_mpim ? 'group' : 'channel' }
      // The SDK's types leave out whose DM it is.
      const user = isFields(channel) ? textField(channel, 'user') : undefined
      return user === undefined ? { kind: 'dm' } : { kind: 'dm', user }
    } catch (error) {
      if (!isRefusal(error)) throw error
      // The app may lack the scope. A group DM looks like a channel then.
      return { kind: conversation.startsWith('D') ? 'dm' : 'channel' }
    }
  }

  const toPeer = (conversation: string, { kind, user }: Place): Peer => {
    if (kind !== 'dm') return { kind, id: conversation }
    if (user === undefined) throw new TypeError(`Nobody knows whose DM ${conversation} is`)
    return { kind, id: user }
  }

  return {
    async peerOf(conversation, hint, signal) {
      // The first word counts: a message must have one peer, whichever of its events comes first.
      const known = places.get(conversation) ?? fromHint(conversation, hint)
      const place = known ?? (await ask(conversation, signal))
      const peer = toPeer(conversation, place)
      learn(conversation, place)
      return peer
    },
    async conversationOf(peer, signal) {
      const known = peer.kind === 'dm' ? dmOf.get(peer.id) : peer.id
      if (known !== undefined) return known
      const { channel } = await api.call('conversations.open', signal, (client) =>
        client.conversations.open({ users: peer.id }),
      )
      if (!channel?.id) throw new TypeError('conversations.open answered without a channel')
      learn(channel.id, { kind: 'dm', user: peer.id })
      return channel.id
    },
    knownConversationOf: ({ kind, id }) => (kind === 'dm' ? (dmOf.get(id) ?? id) : id),
    learn,
    placeOf: (conversation) => places.get(conversation),
  }
}

function fromHint(conversation: string, { channelType, person }: Hint): Place | undefined {
  switch (channelType) {
    case 'channel':
    case 'group':
      return { kind: 'channel' }
    case 'mpim':
      return { kind: 'group' }
    default: {
      const isDirect = channelType === 'im' || conversation.startsWith('D')
      return isDirect && person !== undefined ? { kind: 'dm', user: person } : undefined
    }
  }
}

function isRefusal(error: unknown): boolean {
  if (!ChannelError.isInstance(error)) return false
  return ['FORBIDDEN', 'NOT_FOUND', 'UNSUPPORTED', 'INVALID'].includes(error.code)
}
