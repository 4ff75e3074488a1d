import type { ChannelHost, Envelope } from '@junctor/channel'
import type { SocketConfig } from '@whiskeysockets/baileys'
import type { AccountStore } from './account-store.ts'
import type { NumberOf } from './addresses.ts'
import type { Baileys, Content, Credentials, Socket, Stanza } from './baileys.ts'
import { toEnvelope, type EnvelopeSource } from './envelopes.ts'
import type { History } from './history.ts'
import type { Intake } from './intake.ts'
import { readOutside } from './stanza.ts'

export interface ReceptionOptions {
  readonly baileys: Baileys
  readonly host: ChannelHost
  readonly store: AccountStore
  readonly history: History
  readonly intake: Intake
  readonly credentials: Credentials
  readonly isAdmin: EnvelopeSource['isAdmin']
}

/** How one socket receives. */
export interface Reception {
  /** Decrypts for the socket, and does not let go of a message before the host has stored it. */
  readonly makeSignalRepository: SocketConfig['makeSignalRepository']
  /** Take over the socket's incoming messages; to be called before the first arrives. */
  attach(socket: Socket): void
}

/**
 * Baileys acknowledges a message to the server once it is decrypted, and only then tells of it. So the message is taken from the
 * decryption itself: the envelope is written to the vault together with the keys that the message used up, then handed to
 * the host, and Baileys goes on, and acknowledges, when that has resolved. What is not encrypted never gets here.
 */
export function createReception(options: ReceptionOptions): Reception {
  const { baileys, host, store, intake, credentials } = options
  let current: Stanza | undefined
  let numberOf: NumberOf = async () => null

  const read = async (stanza: Stanza, padded: Uint8Array): Promise<readonly Envelope[]> => {
    const { me } = credentials
    try {
      const outside = me && readOutside(stanza, baileys, me)
      if (!outside) return []
      const message = unwrap(baileys.proto.Message.decode(baileys.unpadRandomMax16(padded)))
      const { accountId } = host
      const envelope = await toEnvelope(outside, message, { ...options, accountId, me, numberOf })
      return envelope ? [envelope] : []
    } catch (error) {
      const { id } = stanza.attrs
      host.log.error({ id, error: String(error) }, 'WhatsApp message skipped: unreadable')
      return []
    }
  }

  const makeSignalRepository: Reception['makeSignalRepository'] = (auth, logger, pnToLid) => {
    const { keys } = auth
    if (!('transaction' in keys)) throw new TypeError('Baileys gave keys without transactions')
    const { makeSignalRepository: make } = baileys.DEFAULT_CONNECTION_CONFIG
    const repository = make(auth, logger, pnToLid)
    numberOf = (lid) => repository.lidMapping.getPNForLID(lid)

    const receive = async (
      lock: string,
      decrypt: () => Promise<Uint8Array>,
    ): Promise<Uint8Array> => {
      const stanza = current
      if (!stanza) return decrypt()
      // Baileys' own transaction inside joins this one, so the envelope and the used keys are one change.
      const { padded, held } = await keys.transaction(async () => {
        const decrypted = await decrypt()
        const envelopes = await read(stanza, decrypted)
        const tickets = store.hold(envelopes)
        const pairs = envelopes.map((envelope, index) => ({
          envelope,
          ticket: tickets[index] ?? '',
        }))
        return { padded: decrypted, held: pairs }
      }, lock)
      await intake.handOver(held)
      return padded
    }

    return {
      ...repository,
      decryptMessage: (given) => receive(given.jid, () => repository.decryptMessage(given)),
      decryptGroupMessage: (given) =>
        receive(given.group, () => repository.decryptGroupMessage(given)),
    }
  }

  return {
    makeSignalRepository,
    attach({ ws, onUnexpectedError }) {
      const listeners = ws.listeners('CB:message') as ((stanza: Stanza) => Promise<void>)[]
      ws.removeAllListeners('CB:message')
      let last: Promise<void> = Promise.resolve()
      // Baileys lets messages overtake each other while it looks something up, and old ones take another way.
      ws.on('CB:message', (stanza: Stanza) => {
        last = last
          .then(async () => {
            current = stanza
            for (const listener of listeners) await listener(withoutAge(stanza))
          })
          .catch((error: unknown) => onUnexpectedError(error as Error, 'receiving a message'))
          .finally(() => {
            current = undefined
          })
      })
    },
  }
}

/** A copy of what another device of the account sent comes in a wrapper. */
function unwrap(message: Content): Content {
  return message.deviceSentMessage?.message ?? message
}

function withoutAge({ attrs, ...stanza }: Stanza): Stanza {
  const fresh = { ...attrs }
  delete fresh['offline']
  return { ...stanza, attrs: fresh }
}
