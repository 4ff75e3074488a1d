import type { Address, Peer } from '@junctor/channel'
import type { Baileys } from './baileys.ts'
import { whatsAppError } from './errors.ts'

/** Finds the number behind an address that hides it. */
export type NumberOf = (lid: string) => Promise<string | null>

/**
 * A person has one id, whichever of the two forms of their address a message came with: the number in E.164, `+15550001111`,
 * which is what people write into configs. Only somebody whose number WhatsApp withholds is their `…@lid`.
 */
export async function personId(
  address: string,
  alternative: string | undefined,
  { baileys, numberOf }: { readonly baileys: Baileys; readonly numberOf: NumberOf },
): Promise<string> {
  for (const candidate of [address, alternative]) {
    const number = candidate && toNumber(candidate, baileys)
    if (number) return number
  }
  const found = await numberOf(address)
  return (found && toNumber(found, baileys)) || baileys.jidNormalizedUser(address)
}

function toNumber(address: string, { jidDecode }: Baileys): string | undefined {
  const { user, server } = jidDecode(address) ?? { user: '', server: '' }
  const isNumber = server === 's.whatsapp.net' || server === 'c.us' || server === 'hosted'
  return isNumber && /^\d+$/.test(user) ? `+${user}` : undefined
}

/** Where the server takes messages for a conversation. */
export function toJid({ peer }: Address): string {
  const jid = peer.kind === 'dm' ? directJid(peer.id) : groupJid(peer)
  if (jid) return jid
  throw whatsAppError(
    'NOT_FOUND',
    `"${peer.id}" is no ${peer.kind === 'dm' ? 'number like "+15550001111"' : 'group like "1203…@g.us"'}.`,
  )
}

function directJid(id: string): string | undefined {
  const number = /^\+(\d{7,15})$/.exec(id)?.[1]
  if (number) return `${number}@s.whatsapp.net`
  return /^\d+@lid$/.test(id) ? id : undefined
}

function groupJid({ kind, id }: Peer): string | undefined {
  return kind === 'group' && /^[\d-]+@g\.us$/.test(id) ? id : undefined
}
