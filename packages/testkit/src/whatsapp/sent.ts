import { setTimeout as sleep } from 'node:timers/promises'
import { countCall, deviceAt, groupOf, peerAt, type AccountState } from './account-state.ts'
import type { Message, Stanza } from './baileys.ts'
import { childOf, childrenOf, nowSeconds, stanza } from './stanza.ts'

/** https://faq.whatsapp.com: the apps take no longer text. */
const MAX_TEXT_LENGTH = 65_536

/** What a fault on sending waits for: an edit and a deletion show on the outside of the ciphertext. */
function kindOf({ attrs }: Stanza): string {
  if (attrs['category'] === 'peer') return 'peer'
  if (attrs['edit'] === '1') return 'edit'
  if (attrs['edit'] === '7' || attrs['edit'] === '8') return 'remove'
  return attrs['type'] === 'reaction' ? 'react' : 'send'
}

/** The device sends a message: every phone decrypts its copy, then the server acknowledges. */
export async function takeMessage(account: AccountState, message: Stanza): Promise<void> {
  const { connection } = account
  const kind = kindOf(message)
  countCall(account, kind)
  const fault = account.takeFault(
    kind,
    'drop-before',
    'drop-after',
    'delay',
    'silence',
    'rate-limit',
    'status',
  )
  switch (fault?.kind) {
    case 'drop-before':
      return connection?.cut()
    case 'rate-limit':
      return acknowledge(account, message, '429')
    case 'status':
      return acknowledge(account, message, String(fault.status))
    default:
  }
  if (fault?.kind === 'delay') await sleep(fault.delayMs)
  const text = kind === 'peer' ? undefined : await distribute(account, message)
  if (text !== undefined && text.length > MAX_TEXT_LENGTH)
    return acknowledge(account, message, '413')
  if (fault?.kind === 'drop-after') return connection?.cut()
  if (fault?.kind !== 'silence') acknowledge(account, message)
}

function acknowledge(account: AccountState, { attrs }: Stanza, error?: string): void {
  account.connection?.send(
    stanza('ack', { class: 'message', id: attrs['id'], from: attrs['to'], t: nowSeconds(), error }),
  )
}

/** Answers the text that the phones read. */
async function distribute(account: AccountState, message: Stanza): Promise<string | undefined> {
  const { id = '', to = '' } = message.attrs
  const read = await readAll(account, message)
  const shown = read.find(({ message: content }) => !content.senderKeyDistributionMessage)
  if (!shown) return undefined
  const text = shown.message.extendedTextMessage?.text ?? shown.message.conversation ?? undefined
  if (text !== undefined && text.length > MAX_TEXT_LENGTH) return text
  const chat = to.endsWith('@g.us') ? to : peerAt(account, to)?.number
  if (chat === undefined) return undefined
  account.sent.set(id, { chat, readers: [...new Set(read.map(({ number }) => number))] })
  await account.chats.write({ chat, id, from: 'self', message: shown.message })
  account.changed()
  return text
}

interface Read {
  readonly number: string
  readonly message: Message
}

async function readAll(account: AccountState, message: Stanza): Promise<readonly Read[]> {
  const from = account.device?.lid ?? ''
  const read: Read[] = []
  const participants = childOf(message, 'participants')
  const copies = (participants ? childrenOf(participants, 'to') : []).map((copy) => ({
    address: copy.attrs['jid'] ?? '',
    part: childOf(copy, 'enc'),
  }))
  const own = childOf(message, 'enc')
  if (own && own.attrs['type'] !== 'skmsg') {
    const address = message.attrs['participant'] ?? message.attrs['to'] ?? ''
    copies.push({ address, part: own })
  }
  for (const { address, part } of copies) {
    const peer = deviceAt(account, address)
    if (!peer || !(part?.content instanceof Uint8Array)) continue
    const content = await peer.decrypt(from, part.attrs['type'] ?? '', part.content)
    // The phone gets a copy that says whom it went to.
    const inner = content.deviceSentMessage?.message ?? content
    read.push({ number: peer.number, message: inner })
  }
  if (own?.attrs['type'] === 'skmsg' && own.content instanceof Uint8Array) {
    const group = groupOf(account, message.attrs['to'] ?? '')
    for (const member of group.members.values()) {
      const content = await member.decryptFromGroup(group.id, from, own.content)
      read.push({ number: member.number, message: content })
    }
  }
  return read
}
