import { groupOf, personOf, type AccountState } from './account-state.ts'
import type { Message, Stanza } from './baileys.ts'
import { takeBundle, type Device } from './device.ts'
import type { Encrypted, Peer } from './peer.ts'
import { stanza } from './stanza.ts'

/** A message before encryption. */
export interface Draft {
  readonly chat: string
  readonly id: string
  readonly author: Peer
  readonly message: Message
  readonly addressing: 'lid' | 'number'
  readonly hidesNumber: boolean
  /** Seconds since 1970. */
  readonly sentAt: number
  readonly type: string
  /** `1` for an edit, `7` for a deletion. */
  readonly edit?: string
  /** Written again because the device asked for it the nth time. */
  readonly retry?: number
}

/** The stanza that carries a message to the linked device, and to no other. */
export async function sealFor(
  account: AccountState,
  device: Device,
  draft: Draft,
): Promise<Stanza> {
  const isGroup = account.groups.has(draft.chat)
  return stanza(
    'message',
    {
      id: draft.id,
      t: String(draft.sentAt),
      type: draft.type,
      notify: draft.author.name,
      edit: draft.edit,
      ...(isGroup ? groupAddresses(draft) : directAddresses(account, draft)),
    },
    isGroup
      ? await sealForGroup(account, device, draft)
      : [await sealDirect(account, device, draft)],
  )
}

type Addresses = Readonly<Record<string, string | undefined>>

function groupAddresses({ chat, author, addressing, hidesNumber }: Draft): Addresses {
  const byLid = addressing === 'lid'
  return {
    from: chat,
    participant: byLid ? author.lid : author.jid,
    addressing_mode: byLid ? 'lid' : 'pn',
    participant_pn: byLid && !hidesNumber ? author.jid : undefined,
    participant_lid: byLid || hidesNumber ? undefined : author.lid,
  }
}

function directAddresses(account: AccountState, draft: Draft): Addresses {
  const { chat, author, addressing, hidesNumber } = draft
  const byLid = addressing === 'lid'
  const from = byLid ? author.lid : author.jid
  const mode = byLid ? 'lid' : 'pn'
  if (author === account.phone) {
    const person = personOf(account, chat)
    return {
      from,
      addressing_mode: mode,
      recipient: byLid ? person.lid : person.jid,
      peer_recipient_pn: byLid && !hidesNumber ? person.jid : undefined,
      peer_recipient_lid: byLid || hidesNumber ? undefined : person.lid,
    }
  }
  return {
    from,
    addressing_mode: mode,
    sender_pn: byLid && !hidesNumber ? author.jid : undefined,
    sender_lid: byLid || hidesNumber ? undefined : author.lid,
  }
}

async function sealDirect(account: AccountState, device: Device, draft: Draft): Promise<Stanza> {
  const { chat, author, message, retry } = draft
  await requireSession(account, device, author)
  const isOwn = author === account.phone
  const destinationJid = account.groups.has(chat) ? chat : personOf(account, chat).lid
  const shown = isOwn ? { deviceSentMessage: { destinationJid, message } } : message
  return encryptedPart(await author.encrypt(device.lid, shown), retry)
}

/** The first message to a device brings the sender's key along; a repeated one is for this device alone. */
async function sealForGroup(
  account: AccountState,
  device: Device,
  draft: Draft,
): Promise<Stanza[]> {
  const { chat, author, message, retry } = draft
  const group = groupOf(account, chat)
  const { ciphertext, distribution } = await author.encryptForGroup(chat, message)
  if (retry !== undefined) {
    group.keysGiven.set(author.number, device)
    return [
      await sealDirect(account, device, { ...draft, message: { ...message, ...distribution } }),
    ]
  }
  const part = encryptedPart({ type: 'skmsg', ciphertext })
  if (group.keysGiven.get(author.number) === device) return [part]
  await requireSession(account, device, author)
  group.keysGiven.set(author.number, device)
  return [encryptedPart(await author.encrypt(device.lid, distribution)), part]
}

async function requireSession(
  { baileys }: AccountState,
  device: Device,
  author: Peer,
): Promise<void> {
  if (await author.hasSession(device.lid)) return
  await author.startSession(device.lid, takeBundle(device, baileys))
}

function encryptedPart({ type, ciphertext }: Encrypted, retry?: number): Stanza {
  const count = retry === undefined ? undefined : String(retry)
  return stanza('enc', { v: '2', type, count }, ciphertext)
}
