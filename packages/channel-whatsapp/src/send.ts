import type { Address, Connection, Flights, Outbound, Sent } from '@junctor/channel'
import { toJid } from './addresses.ts'
import type { Baileys, Content, ContextInfo } from './baileys.ts'
import { formatText, quote, textContent } from './compose.ts'
import { whatsAppError } from './errors.ts'
import { uploadFile, type UploadOptions } from './files.ts'
import type { History } from './history.ts'
import { editWindowMs, maxCaptionLength } from './limits.ts'
import type { Link } from './link.ts'
import { messageId } from './message-id.ts'
import type { Settings } from './options.ts'
import { post } from './post.ts'
import { createRecipients } from './recipients.ts'
import type { Stream } from './stream.ts'

export interface SenderOptions {
  readonly baileys: Baileys
  readonly link: Link
  readonly history: History
  readonly settings: Settings
  readonly fetch: typeof globalThis.fetch
  readonly run: Flights['run']
}

type Sender = Required<Pick<Connection, 'send' | 'edit' | 'remove' | 'react' | 'typing'>>

/** Posts and changes messages. No call is tried twice. */
export function createSender(options: SenderOptions): Sender {
  const { baileys, link, history, settings, run } = options
  const { ackTimeoutMs } = settings
  const recipients = createRecipients(baileys)

  /** A stream that is open, and an address at which there is somebody. */
  const reach = async (to: Address, signal: AbortSignal): Promise<readonly [Stream, string]> => {
    const jid = toJid(to)
    const stream = await link.ready(signal)
    await recipients.require(stream, jid)
    return [stream, jid]
  }

  const quoteFor = (to: Address, message: Outbound, jid: string, me: string) =>
    message.replyTo === undefined
      ? undefined
      : quote(
          {
            nativeId: message.replyTo,
            peerId: to.peer.id,
            jid,
            isGroup: to.peer.kind !== 'dm',
            me,
          },
          history,
        )

  const own = (nativeId: string): NonNullable<ReturnType<History['sent']>> => {
    const sent = history.sent(nativeId)
    if (sent && !sent.isRemoved) return sent
    const what = sent ? 'was deleted' : 'is not among the last messages of this account'
    throw whatsAppError('NOT_FOUND', `the message ${nativeId} ${what}.`)
  }

  return {
    send: (to, message, { idempotencyKey, signal }) =>
      run(signal, async (joined) => {
        const text = formatText(message)
        const [stream, jid] = await reach(to, joined)
        const me = baileys.jidNormalizedUser(stream.socket.user?.id)
        const context = quoteFor(to, message, jid, me)
        const { fetch } = options
        const upload: UploadOptions = { baileys, stream, settings, fetch, signal: joined }
        const contents = await composeAll(message, text, context, upload)
        let first: Sent | undefined
        for (const [part, content] of contents.entries()) {
          const id = messageId(idempotencyKey, part)
          history.noteSent(id, { content, sentAt: Date.now(), isRemoved: false })
          try {
            const sent = await post({ stream, jid, id, content }, { signal: joined, ackTimeoutMs })
            first ??= sent
          } catch (error) {
            throw first ? halfPosted(first, error) : error
          }
        }
        if (!first) throw whatsAppError('INVALID', 'there is nothing to send.')
        return first
      }),

    edit: (to, nativeId, message, { idempotencyKey, signal }) =>
      run(signal, async (joined) => {
        const text = formatText(message)
        const { content, sentAt } = own(nativeId)
        const isText = Boolean(content.conversation ?? content.extendedTextMessage)
        if (!isText) throw whatsAppError('UNSUPPORTED', 'only texts can be edited, no captions.')
        if (Date.now() - sentAt > editWindowMs) {
          throw whatsAppError('FORBIDDEN', 'a message can be edited for 15 minutes.')
        }
        const [stream, jid] = await reach(to, joined)
        const editedMessage = textContent(
          text,
          content.extendedTextMessage?.contextInfo ?? undefined,
        )
        const { MESSAGE_EDIT } = baileys.proto.Message.ProtocolMessage.Type
        const key = { remoteJid: jid, fromMe: true, id: nativeId }
        const timestampMs = Date.now()
        const protocolMessage = { key, type: MESSAGE_EDIT, editedMessage, timestampMs }
        const id = messageId(`edit:${idempotencyKey}:${text}`, 0)
        const posting = { stream, jid, id, content: { protocolMessage }, edit: '1' } as const
        await post(posting, { signal: joined, ackTimeoutMs })
        history.noteSent(nativeId, { content: editedMessage, sentAt, isRemoved: false })
      }),

    remove: (to, nativeId, { idempotencyKey, signal }) =>
      run(signal, async (joined) => {
        const sent = own(nativeId)
        const [stream, jid] = await reach(to, joined)
        const { REVOKE } = baileys.proto.Message.ProtocolMessage.Type
        const key = { remoteJid: jid, fromMe: true, id: nativeId }
        const id = messageId(`remove:${idempotencyKey}`, 0)
        const content = { protocolMessage: { key, type: REVOKE } }
        await post({ stream, jid, id, content, edit: '7' }, { signal: joined, ackTimeoutMs })
        history.noteSent(nativeId, { ...sent, isRemoved: true })
      }),

    react: (to, nativeId, emoji, { idempotencyKey, signal }) =>
      run(signal, async (joined) => {
        const received = history.received(to.peer.id, nativeId)
        const fromMe = history.sent(nativeId) !== undefined || received?.isOwn === true
        const isGroup = to.peer.kind !== 'dm'
        if (isGroup && !received && !fromMe) {
          const problem = `the message ${nativeId} is not among the last ones of ${to.peer.id}.`
          throw whatsAppError('NOT_FOUND', problem)
        }
        const [stream, jid] = await reach(to, joined)
        const participant = isGroup && received ? { participant: received.author } : {}
        const key = { remoteJid: jid, id: nativeId, fromMe, ...participant }
        const reactionMessage = { key, text: emoji, senderTimestampMs: Date.now() }
        const id = messageId(`react:${idempotencyKey}:${emoji}`, 0)
        const posting = { stream, jid, id, content: { reactionMessage } }
        await post(posting, { signal: joined, ackTimeoutMs })
      }),

    typing: (to, { signal }) =>
      run(signal, async (joined) => {
        const jid = toJid(to)
        const { socket } = await link.ready(joined)
        await socket.sendPresenceUpdate('composing', jid).catch((cause: unknown) => {
          throw whatsAppError('UNAVAILABLE', 'the typing sign did not leave.', { cause })
        })
      }),
  }
}

/** One message, or one for each file: the text is the caption of the first that can have one, or goes ahead. */
async function composeAll(
  { files = [] }: Outbound,
  text: string,
  context: ContextInfo | undefined,
  upload: UploadOptions,
): Promise<readonly Content[]> {
  if (files.length === 0) {
    if (text.trim() === '') throw whatsAppError('INVALID', 'the message is empty.')
    return [textContent(text, context)]
  }
  const uploaded = []
  for (const file of files) uploaded.push(await uploadFile(file, upload))
  const [first] = uploaded
  const isCaption = text.length <= maxCaptionLength && first?.takesCaption === true
  const ahead = isCaption || text === '' ? [] : [textContent(text, context)]
  const contents = uploaded.map(({ compose }, index) =>
    index === 0 && isCaption ? compose(text, context) : compose('', undefined),
  )
  return [...ahead, ...contents]
}

function halfPosted(first: Sent, cause: unknown): Error {
  const problem = `a part of it was posted, the rest not: ${String(cause)}`
  return whatsAppError('UNKNOWN', problem, { cause, details: { nativeId: first.nativeId } })
}
