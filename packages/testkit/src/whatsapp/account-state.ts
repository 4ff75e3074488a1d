import type { Buffer } from 'node:buffer'
import type { Faults, Fault, FaultKind } from '../fault.ts'
import { createFaults } from '../fault.ts'
import type { Baileys } from './baileys.ts'
import { createChats, type Chats } from './chats.ts'
import type { ClientConnection } from './connection.ts'
import type { Device } from './device.ts'
import type { MediaStore } from './media.ts'
import { createPeer, type Peer } from './peer.ts'
import type { Delivery } from './deliveries.ts'

export interface WhatsAppAccountOptions {
  /** The phone number, digits only. */
  readonly number: string
}

export interface Group {
  /** `…@g.us` */
  readonly id: string
  subject: string
  readonly members: Map<string, Peer>
  readonly admins: Set<string>
  /** Members whose sender key the linked device has: `number` → the device. */
  readonly keysGiven: Map<string, Device>
}

export interface WrittenMessage {
  readonly author: Peer
  /** Encrypt it anew; this is the nth time that the device asks. */
  readonly deliverAgain: (count: number) => void
  /** The encrypted file that it points to. */
  readonly file?: Promise<{ readonly bytes: Buffer; readonly mediaKey: Uint8Array } | undefined>
}

/** Everything that WhatsApp keeps of one phone number, across restarts of the server. */
export interface AccountState {
  readonly baileys: Baileys
  readonly media: MediaStore
  /** The owner's own phone. */
  readonly phone: Peer
  /** What the phone vouches for linked devices with. */
  readonly signing: ReturnType<Baileys['Curve']['generateKeyPair']>
  readonly people: Map<string, Peer>
  /** What people have linked to their phones, by number and device id: `15552220001:2`. */
  readonly companions: Map<string, Peer>
  readonly groups: Map<string, Group>
  readonly chats: Chats
  readonly faults: Faults
  /** One fault of this account, else one of the whole server. */
  takeFault(on: string, ...kinds: readonly FaultKind[]): Fault | undefined
  readonly callCounts: Map<string, number>
  /** What the device has not acknowledged, oldest first. */
  waiting: Delivery[]
  /** What people wrote, by id, for when the device asks for it again. */
  readonly written: Map<string, WrittenMessage>
  /** What the device sent, by id. */
  readonly sent: Map<string, { readonly chat: string; readonly readers: readonly string[] }>
  /** Ids of messages that the device has said it received. */
  readonly acknowledged: string[]
  /** Ids of messages that the device could not read. */
  readonly refused: string[]
  /** What went wrong in this server, for a test to look at. */
  readonly problems: unknown[]
  /** The linked device; undefined before pairing and after it was removed. */
  device: Device | undefined
  connection: ClientConnection | undefined
  /** Whether the client has said that it is ready for messages. */
  isActive: boolean
  /** Logins fail with this code until it is taken back. */
  refusal: number | undefined
  nextDeviceId: number
  changed(): void
}

/** The kinds of `../fault.ts` that this protocol has. */
export const whatsAppFaults: readonly FaultKind[] = [
  'drop-before',
  'drop-after',
  'delay',
  'rate-limit',
  'status',
  'duplicate',
  'reorder',
  'silence',
  'unauthorized',
  'second-consumer',
  'garbage',
]

export interface AccountContext {
  readonly baileys: Baileys
  readonly media: MediaStore
  readonly serverFaults: Faults
  readonly problems: unknown[]
  readonly changed: () => void
}

export function createAccountState(
  { number }: WhatsAppAccountOptions,
  { baileys, media, serverFaults, problems, changed }: AccountContext,
): AccountState {
  if (!/^\d{7,15}$/.test(number)) throw new Error(`"${number}" is no phone number in digits`)
  const faults = createFaults({ supports: whatsAppFaults })
  return {
    baileys,
    media,
    phone: createPeer(baileys, { number, lid: `99${number}@lid`, name: 'Owner' }),
    signing: baileys.Curve.generateKeyPair(),
    people: new Map(),
    companions: new Map(),
    groups: new Map(),
    chats: createChats(baileys, media),
    faults,
    takeFault: (on, ...kinds) => faults.take(on, ...kinds) ?? serverFaults.take(on, ...kinds),
    callCounts: new Map(),
    waiting: [],
    written: new Map(),
    sent: new Map(),
    acknowledged: [],
    refused: [],
    problems,
    device: undefined,
    connection: undefined,
    isActive: false,
    refusal: undefined,
    nextDeviceId: 1,
    changed,
  }
}

/** The person with this number; known from now on. */
export function personOf(account: AccountState, number: string, name?: string): Peer {
  if (number === account.phone.number) return account.phone
  const known = account.people.get(number)
  if (known) return known
  const lid = `77${number}@lid`
  const peer = createPeer(account.baileys, { number, lid, name: name ?? `Person ${number}` })
  account.people.set(number, peer)
  return peer
}

/** Whoever has this address, in either form and on any device. */
export function peerAt(account: AccountState, address: string): Peer | undefined {
  const plain = account.baileys.jidNormalizedUser(address)
  return [account.phone, ...account.people.values()].find(
    ({ jid, lid }) => jid === plain || lid === plain,
  )
}

/** Whose keys this very device has: a phone, or what was linked to one. */
export function deviceAt(account: AccountState, address: string): Peer | undefined {
  const peer = peerAt(account, address)
  const device = account.baileys.jidDecode(address)?.device ?? 0
  if (peer === undefined || device === 0 || peer === account.phone) return peer
  return account.companions.get(companionKey(peer.number, device))
}

export function companionKey(number: string, device: number): string {
  return `${number}:${device}`
}

export function groupOf(account: AccountState, id: string): Group {
  const group = account.groups.get(id)
  if (!group) throw new Error(`There is no group ${id}; add it with addGroup`)
  return group
}

export function countCall(account: AccountState, name: string): void {
  account.callCounts.set(name, (account.callCounts.get(name) ?? 0) + 1)
  account.changed()
}
