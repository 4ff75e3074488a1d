import type { Baileys, Credentials, Stanza } from './baileys.ts'

/** The outside of an incoming message: who wrote it, where, when. Addresses are without device. */
export interface Outside {
  readonly id: string
  readonly isGroup: boolean
  /** The group, or the other person of a direct chat. */
  readonly chat: string
  readonly chatAlternative: string | undefined
  readonly author: string
  readonly authorAlternative: string | undefined
  /** Written by this account, on another of its devices. */
  readonly isOwn: boolean
  readonly authorName: string | undefined
  /** One of Meta's own assistants. Nothing on the wire tells the programs of others from people. */
  readonly isBot: boolean
  /** Milliseconds since 1970. */
  readonly sentAt: number
}

/** Undefined for what is no conversation: status updates and channels that the owner follows. */
export function readOutside(
  { attrs }: Stanza,
  baileys: Baileys,
  me: NonNullable<Credentials['me']>,
): Outside | undefined {
  const { jidNormalizedUser } = baileys
  const { id, from, participant, recipient } = attrs
  if (!id || !from) throw new TypeError('The message lacks its id or sender')
  if (baileys.isJidNewsletter(from) || baileys.isJidStatusBroadcast(from)) return undefined
  const sentAt = Number(attrs['t']) * 1000
  if (!Number.isSafeInteger(sentAt)) throw new TypeError('The message lacks its time')

  const isGroup = baileys.isJidGroup(from) === true
  const author = jidNormalizedUser(participant ?? from)
  const isOwn =
    baileys.areJidsSameUser(author, me.id) ||
    (me.lid !== undefined && baileys.areJidsSameUser(author, me.lid))
  const authorAlternative = attrs['participant_pn'] ?? attrs['sender_pn']
  const common = {
    id,
    isGroup,
    author,
    authorAlternative,
    isBot: [author, authorAlternative ?? ''].some((address) => isAssistant(address, baileys)),
    isOwn,
    authorName: attrs['notify'],
    sentAt,
  }
  if (isGroup) return { ...common, chat: from, chatAlternative: undefined }
  if (!isOwn) return { ...common, chat: author, chatAlternative: common.authorAlternative }
  return {
    ...common,
    chat: jidNormalizedUser(recipient ?? from),
    chatAlternative: attrs['peer_recipient_pn'] ?? attrs['recipient_pn'],
  }
}

/** They have a server of their own, or numbers that WhatsApp has set aside for them. */
function isAssistant(address: string, baileys: Baileys): boolean {
  if (baileys.isJidMetaAI(address)) return true
  return baileys.isJidBot(address.replace(/@s\.whatsapp\.net$/, '@c.us')) === true
}
