import type { Envelope, MessageEnvelope, Peer, Sender } from '@junctor/channel'
import type { SimSay } from '../sim.ts'
import type { SimPlatform } from './platform.ts'

/** The event that a person's message becomes. The message is shown in the conversation from now on. */
export function toEnvelope(say: SimSay, channel: string, platform: SimPlatform): Envelope {
  const { text, accountId = 'default', peer = alice, id = platform.nextId() } = say
  const sender = readSender(say, peer)
  const sentAt = say.sentAt ?? Date.now()
  const answered = say.replyTo === undefined ? undefined : platform.find(peer.id, say.replyTo)
  const ref = say.file ? `file-${id}` : undefined
  if (say.file && ref) platform.files.set(ref, say.file)
  platform.put({
    id,
    accountId,
    peerId: peer.id,
    fromSelf: sender.isSelf,
    text,
    sentAt,
    history: [],
    reactions: [],
    files: say.file ? [say.file] : [],
    ...(say.threadId === undefined ? {} : { threadId: say.threadId }),
    ...(say.replyTo === undefined ? {} : { replyTo: say.replyTo }),
  })
  const envelope: MessageEnvelope = {
    type: 'message',
    nativeId: id,
    channel,
    accountId,
    peer,
    sender,
    sentAt,
    text,
    mentions: { self: say.mentionsSelf === true || answered?.fromSelf === true, ids: [] },
    attachments:
      say.file && ref
        ? [
            {
              kind: 'file',
              ref,
              name: say.file.name,
              mediaType: say.file.mediaType,
              sizeBytes: say.file.data.length,
            },
          ]
        : [],
    ...(say.threadId === undefined ? {} : { threadId: say.threadId }),
    ...(say.replyTo === undefined
      ? {}
      : { replyTo: { nativeId: say.replyTo, ...(answered ? { text: answered.text } : {}) } }),
  }
  return { ...envelope, ...say.extra } as Envelope
}

const alice: Peer = { kind: 'dm', id: 'alice' }

function readSender({ from }: SimSay, peer: Peer): Sender {
  if (from === 'self') return { id: 'self', isBot: true, isSelf: true }
  if (typeof from === 'object') return from
  return { id: from ?? (peer.kind === 'dm' ? peer.id : alice.id), isBot: false, isSelf: false }
}
