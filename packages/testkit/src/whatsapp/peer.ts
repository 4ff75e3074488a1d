import { Buffer } from 'node:buffer'
import { silentLogger, type Baileys, type Message, type Stanza } from './baileys.ts'
import type { SessionBundle } from './device.ts'
import { stanza } from './stanza.ts'

/** A phone with its Signal keys: a person's, or the account owner's own. */
export interface Peer {
  /** Digits only. */
  readonly number: string
  /** `number@s.whatsapp.net` */
  readonly jid: string
  /** The address that hides the number, `…@lid`. */
  readonly lid: string
  readonly name: string
  /** Keys with which somebody may begin a session with this phone. */
  bundle(): Promise<readonly Stanza[]>
  hasSession(address: string): Promise<boolean>
  startSession(address: string, session: SessionBundle): Promise<void>
  encrypt(address: string, message: Message): Promise<Encrypted>
  decrypt(address: string, type: string, ciphertext: Uint8Array): Promise<Message>
  /** A message for everybody in a group, and what a member needs to read it. */
  encryptForGroup(
    group: string,
    message: Message,
  ): Promise<{ readonly ciphertext: Uint8Array; readonly distribution: Message }>
  decryptFromGroup(group: string, author: string, ciphertext: Uint8Array): Promise<Message>
  /** Lose all keys, as a newly installed app does. */
  reinstall(): void
}

export interface Encrypted {
  readonly type: string
  readonly ciphertext: Uint8Array
}

export interface PeerOptions {
  readonly number: string
  readonly lid: string
  readonly name: string
}

export function createPeer(baileys: Baileys, { number, lid, name }: PeerOptions): Peer {
  let signal = createSignal(baileys)

  const decoded = async (bytes: Uint8Array): Promise<Message> =>
    baileys.proto.Message.decode(baileys.unpadRandomMax16(bytes))

  const acceptDistribution = async (author: string, message: Message): Promise<void> => {
    const item = message.senderKeyDistributionMessage
    if (item)
      await signal.repository.processSenderKeyDistributionMessage({ authorJid: author, item })
  }

  return {
    number,
    jid: `${number}@s.whatsapp.net`,
    lid,
    name,
    async bundle() {
      const { creds, keys } = signal
      const id = signal.nextPreKeyId++
      const oneTime = baileys.Curve.generateKeyPair()
      await keys.set({ 'pre-key': { [id]: oneTime } })
      return [
        stanza('registration', {}, baileys.encodeBigEndian(creds.registrationId)),
        stanza('type', {}, Buffer.from([5])),
        stanza('identity', {}, creds.signedIdentityKey.public),
        baileys.xmppSignedPreKey(creds.signedPreKey),
        baileys.xmppPreKey(oneTime, id),
      ]
    },
    hasSession: async (address) => (await signal.repository.validateSession(address)).exists,
    async startSession(address, session) {
      await signal.repository.deleteSession([address])
      await signal.repository.injectE2ESession({ jid: address, session })
    },
    encrypt: (address, message) =>
      signal.repository.encryptMessage({ jid: address, data: baileys.encodeWAMessage(message) }),
    async decrypt(address, type, ciphertext) {
      if (type !== 'pkmsg' && type !== 'msg') throw new Error(`Unknown ciphertext "${type}"`)
      const message = await decoded(
        await signal.repository.decryptMessage({ jid: address, type, ciphertext }),
      )
      await acceptDistribution(address, message)
      return message
    },
    async encryptForGroup(group, message) {
      const { ciphertext, senderKeyDistributionMessage } =
        await signal.repository.encryptGroupMessage({
          group,
          meId: lid,
          data: baileys.encodeWAMessage(message),
        })
      const item = {
        groupId: group,
        axolotlSenderKeyDistributionMessage: senderKeyDistributionMessage,
      }
      return { ciphertext, distribution: { senderKeyDistributionMessage: item } }
    },
    decryptFromGroup: async (group, author, ciphertext) =>
      decoded(
        await signal.repository.decryptGroupMessage({ group, authorJid: author, msg: ciphertext }),
      ),
    reinstall() {
      signal = createSignal(baileys)
    },
  }
}

type SignalAuth = Parameters<Baileys['DEFAULT_CONNECTION_CONFIG']['makeSignalRepository']>[0]

interface Signal {
  readonly creds: ReturnType<Baileys['initAuthCreds']>
  readonly keys: SignalAuth['keys']
  readonly repository: ReturnType<Baileys['DEFAULT_CONNECTION_CONFIG']['makeSignalRepository']>
  nextPreKeyId: number
}

function createSignal(baileys: Baileys): Signal {
  const creds = baileys.initAuthCreds()
  const stored = new Map<string, unknown>()
  const memory: Parameters<Baileys['addTransactionCapability']>[0] = {
    get: (type, ids) => {
      const found = ids.flatMap((id) => {
        const value = stored.get(`${type}:${id}`)
        return value === undefined ? [] : [[id, value]]
      })
      return Object.fromEntries(found)
    },
    set(data) {
      for (const [type, values] of Object.entries(data)) {
        for (const [id, value] of Object.entries(values)) {
          if (value === null) stored.delete(`${type}:${id}`)
          else stored.set(`${type}:${id}`, value)
        }
      }
    },
  }
  const options = { maxCommitRetries: 1, delayBetweenTriesMs: 1 }
  const keys = baileys.addTransactionCapability(memory, silentLogger, options)
  const { makeSignalRepository } = baileys.DEFAULT_CONNECTION_CONFIG
  return {
    creds,
    keys,
    repository: makeSignalRepository({ creds, keys }, silentLogger),
    nextPreKeyId: 1,
  }
}
