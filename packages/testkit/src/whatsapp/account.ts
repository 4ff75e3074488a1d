import type { Faults } from '../fault.ts'
import { companionKey, groupOf, personOf, type AccountState } from './account-state.ts'
import type { Stanza as WhatsAppStanza } from './baileys.ts'
import { writeAuthFolder } from './auth-folder.ts'
import type { WhatsAppShown } from './chats.ts'
import { createPeer, type Peer } from './peer.ts'
import { linkByCode, linkByQr, partsOfQr, type Candidate } from './pairing.ts'
import {
  edit,
  newId,
  react,
  revoke,
  say,
  send,
  type WhatsAppChange,
  type WhatsAppSay,
} from './people.ts'
import { askAgain } from './receipts.ts'
import { SERVER, nowSeconds, stanza } from './stanza.ts'
import { endStream } from './stream.ts'

/** One WhatsApp number from the other side: its owner's phone, the people who write to it, and the server. */
export interface WhatsAppAccount {
  /** Digits only. */
  readonly number: string
  /** The address that hides the number. */
  readonly lid: string
  /** `login`, `deliver` (to the device), `send`, `edit`, `remove`, `react` are what faults can be planted on. */
  readonly faults: Faults

  /** Link a device and write its credentials to a folder, as if it had been paired before. */
  writeAuthFolder(folder: string): Promise<void>
  /** The owner scans the QR code of a client that waits to be linked. */
  scan(qr: string): void
  /** The owner types the pairing code that a client shows. */
  enterCode(code: string): Promise<void>
  /** Whether a client has asked for a pairing code for this number. */
  wantsCode(): boolean
  isLinked(): boolean
  /** Logged in and ready for messages. */
  isOnline(): boolean

  /** Somebody who has WhatsApp. Whoever writes is added by that. */
  addPerson(person: { readonly number: string; readonly name?: string }): void
  addGroup(group: {
    /** `…@g.us` */
    readonly id: string
    readonly subject?: string
    /** Digits. */
    readonly members: readonly string[]
    readonly admins?: readonly string[]
  }): void
  addMember(group: string, number: string): void
  removeMember(group: string, number: string): void
  rename(group: string, subject: string): void
  /** Returns the id of the message, which is queued until the device has acknowledged it. */
  say(options: WhatsAppSay): string
  /** A person sends any message: the fields of WhatsApp's own protocol buffer. */
  send(options: WhatsAppSay, message: Readonly<Record<string, unknown>>): string
  edit(change: WhatsAppChange & { readonly text: string }): string
  revoke(change: WhatsAppChange): string
  react(change: WhatsAppChange & { readonly emoji: string | undefined }): string
  /** A phone asks the device to send a message again that it could not read. */
  askAgain(request: { readonly id: string; readonly from: string }): Promise<void>
  /** Somebody gets a new phone: new keys, same number. */
  reinstall(number: string): void
  /** Somebody links another device, which is to get every message too. Answers its name in `readersOf`. */
  addDevice(number: string): string
  removeDevice(name: string): void
  call(from: string): void
  /** The server sends any stanza. */
  push(stanza: WhatsAppStanza): void

  /** What the phones of a conversation show, oldest first. */
  messages(chat: string): readonly WhatsAppShown[]
  /** Ids of messages that the device has acknowledged, or has said it cannot read. */
  acknowledged(): readonly string[]
  refused(): readonly string[]
  /** Ids of messages that the device has not answered for. */
  waiting(): readonly string[]
  /** Who decrypted a message of the device, as digits; of a linked device with `:` and its id. */
  readersOf(id: string): readonly string[]
  /** How often the device did something: the names that faults have, `typing`, `iq:<xmlns>`, `ack:<class>`. */
  countCalls(name: string): number
  /** One-time keys that the server has left for this device. */
  preKeysLeft(): number

  /** The owner removes the device on the phone: code 401. */
  logOut(): void
  /** Another client takes the connection over: code 440. */
  replace(): void
  /** Logins are refused with this code (403 locked, 405 outdated client) until `undefined` lifts it. */
  refuseLogins(code: number | undefined): void
  /** End the stream with a code such as 515 or 503. */
  failStream(code: number): void
  /** End the stream without a code. */
  endStream(): void
  /** Stop answering on the connection that is open. */
  fallSilent(): void
  /** Cut the connection. */
  cut(): void
  /** Use up the one-time keys and tell the device that they run low. */
  drainPreKeys(): void
}

export function createAccount(
  account: AccountState,
  candidates: () => readonly Candidate[],
): WhatsAppAccount {
  const { phone } = account
  const push = (sent: WhatsAppStanza): void => account.connection?.send(sent)
  const notify = (group: string, child: WhatsAppStanza): void =>
    push(
      stanza(
        'notification',
        {
          from: group,
          type: 'w:gp2',
          id: newId(),
          t: nowSeconds(),
          participant: phone.lid,
          participant_pn: phone.jid,
        },
        [child],
      ),
    )
  /** Both addresses, since clients keep the devices of a person under the one they know. */
  const tellDevices = (change: 'add' | 'remove', { lid, jid }: Peer, id: number): void =>
    push(
      stanza('notification', { from: lid, type: 'devices', id: newId(), t: nowSeconds() }, [
        stanza(
          change,
          { device_hash: '2:hash' },
          [lid, jid].map((address) =>
            stanza('device', { jid: address.replace('@', `:${id}@`), 'key-index': '1' }),
          ),
        ),
      ]),
    )
  const byCode = (): Candidate | undefined =>
    candidates().find(({ code }) => code?.number === phone.number)

  return {
    number: phone.number,
    lid: phone.lid,
    faults: account.faults,
    writeAuthFolder: (folder) => writeAuthFolder(account, folder),
    scan(qr) {
      const [ref = ''] = partsOfQr(qr)
      const candidate = candidates().find(({ refs }) => refs.includes(ref))
      if (!candidate) throw new Error('No client shows this QR code')
      linkByQr(account, candidate, qr)
    },
    async enterCode(code) {
      const candidate = byCode()
      if (!candidate) throw new Error(`No client asks for a pairing code for ${phone.number}`)
      await linkByCode(account, candidate, code)
    },
    wantsCode: () => byCode() !== undefined,
    isLinked: () => account.device !== undefined,
    isOnline: () => account.isActive,

    addPerson({ number, name }) {
      personOf(account, number, name)
    },
    addGroup({ id, subject = 'Group', members, admins = [] }) {
      const people = members.map((number) => [number, personOf(account, number)] as const)
      account.groups.set(id, {
        id,
        subject,
        members: new Map(people),
        admins: new Set(admins),
        keysGiven: new Map(),
      })
    },
    addMember(id, number) {
      const group = groupOf(account, id)
      const { lid, jid } = personOf(account, number)
      group.members.set(number, personOf(account, number))
      notify(id, stanza('add', {}, [stanza('participant', { jid: lid, phone_number: jid })]))
    },
    removeMember(id, number) {
      const group = groupOf(account, id)
      group.members.delete(number)
      const { lid, jid } = personOf(account, number)
      notify(id, stanza('remove', {}, [stanza('participant', { jid: lid, phone_number: jid })]))
    },
    rename(id, subject) {
      groupOf(account, id).subject = subject
      notify(id, stanza('subject', { subject, s_t: nowSeconds() }))
    },
    say: (options) => say(account, options),
    send(options, message) {
      const id = options.id ?? newId()
      const { Message } = account.baileys.proto
      send(account, { ...options, id }, async () => Message.fromObject({ ...message }))
      return id
    },
    edit: (change) => edit(account, change),
    revoke: (change) => revoke(account, change),
    react: (change) => react(account, change),
    askAgain: (request) => askAgain(account, request),
    reinstall(number) {
      const person = personOf(account, number)
      person.reinstall()
      for (const { keysGiven } of account.groups.values()) keysGiven.delete(number)
      push(
        stanza(
          'notification',
          { from: person.lid, type: 'encrypt', id: newId(), t: nowSeconds() },
          [stanza('identity')],
        ),
      )
    },
    addDevice(number) {
      const person = personOf(account, number)
      const taken = [...account.companions.keys()].filter((key) => key.startsWith(`${number}:`))
      const id = taken.length + 1
      const name = companionKey(number, id)
      account.companions.set(name, createPeer(account.baileys, { ...person, number: name, name }))
      tellDevices('add', person, id)
      return name
    },
    removeDevice(name) {
      account.companions.delete(name)
      const [number = '', id = ''] = name.split(':')
      tellDevices('remove', personOf(account, number), Number(id))
    },
    call(from) {
      const { lid } = personOf(account, from)
      const offer = stanza('offer', { 'call-id': newId(), 'call-creator': lid }, [stanza('audio')])
      push(stanza('call', { from: lid, id: newId(), t: nowSeconds() }, [offer]))
    },
    push,

    messages: (chat) => account.chats.shown(chat),
    acknowledged: () => account.acknowledged,
    refused: () => account.refused,
    waiting: () => account.waiting.map(({ id }) => id),
    readersOf: (id) => account.sent.get(id)?.readers ?? [],
    countCalls: (name) => account.callCounts.get(name) ?? 0,
    preKeysLeft: () => account.device?.preKeys.length ?? 0,

    logOut: () => endStream(account, 'device_removed'),
    replace: () => endStream(account, 'replaced'),
    refuseLogins(code) {
      account.refusal = code
    },
    failStream: (code) => endStream(account, code),
    endStream() {
      push(stanza('xmlstreamend'))
      account.connection?.end()
    },
    fallSilent() {
      if (account.connection) account.connection.isSilent = true
    },
    cut: () => account.connection?.cut(),
    drainPreKeys() {
      account.device?.preKeys.splice(0)
      push(
        stanza('notification', { from: SERVER, type: 'encrypt', id: newId(), t: nowSeconds() }, [
          stanza('count', { value: '0' }),
        ]),
      )
    },
  }
}
