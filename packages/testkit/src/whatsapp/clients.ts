import { countCall, type AccountState } from './account-state.ts'
import type { Stanza } from './baileys.ts'
import type { ClientConnection, ClientPayload } from './connection.ts'
import { forget, offerStored } from './deliveries.ts'
import { createCandidate, type Candidate } from './pairing.ts'
import { answerQuery } from './queries.ts'
import { takeReceipt } from './receipts.ts'
import { takeMessage } from './sent.ts'
import { SERVER, bytesOf, childOf, nowSeconds, stanza } from './stanza.ts'
import { endStream } from './stream.ts'

export interface Clients {
  onClient(connection: ClientConnection, payload: ClientPayload): void
  onStanza(connection: ClientConnection, received: Stanza): Promise<void>
  onClose(connection: ClientConnection): void
  /** Those that wait to be linked. */
  candidates(): readonly Candidate[]
}

export interface ClientsOptions {
  readonly accounts: ReadonlyMap<string, AccountState>
  /** How many QR codes a client may show before it has to connect again. */
  readonly qrCount: () => number
  readonly changed: () => void
}

/** Who is connected, and what becomes of the stanzas they send. */
export function createClients({ accounts, qrCount, changed }: ClientsOptions): Clients {
  const candidates = new Map<ClientConnection, Candidate>()
  const owners = new Map<ClientConnection, AccountState>()

  const logIn = (connection: ClientConnection, payload: ClientPayload): void => {
    const account = accounts.get(String(payload.username))
    if (!account) return refuse(connection, 401)
    countCall(account, 'login')
    const fault = account.takeFault('login', 'drop-before', 'silence', 'status', 'unauthorized')
    if (fault?.kind === 'drop-before') return connection.cut()
    if (fault?.kind === 'status') return refuse(connection, fault.status)
    if (fault?.kind === 'silence') {
      connection.isSilent = true
      return
    }
    if (fault?.kind === 'unauthorized') account.device = undefined
    if (account.refusal !== undefined) return refuse(connection, account.refusal)
    const { device } = account
    if (!device || device.id !== payload.device) return refuse(connection, 401)
    // One connection for one device: the newer one wins.
    if (account.connection) endStream(account, 'replaced')
    account.connection = connection
    account.isActive = false
    owners.set(connection, account)
    for (const delivery of account.waiting) delivery.isOffered = false
    connection.send(
      stanza('success', { t: nowSeconds(), props: '1', lid: device.lid, creation: '1' }),
    )
    account.changed()
  }

  return {
    candidates: () => [...candidates.values()],
    onClient(connection, payload) {
      if (payload.devicePairingData)
        candidates.set(connection, createCandidate(connection, payload, qrCount()))
      else logIn(connection, payload)
      changed()
    },
    async onStanza(connection, received) {
      const candidate = candidates.get(connection)
      if (candidate) takeFromCandidate(candidate, received)
      const account = owners.get(connection)
      if (account && account.connection === connection) await takeStanza(account, received)
      changed()
    },
    onClose(connection) {
      candidates.delete(connection)
      const account = owners.get(connection)
      owners.delete(connection)
      if (account?.connection === connection) {
        account.connection = undefined
        account.isActive = false
      }
      changed()
    },
  }
}

function refuse(connection: ClientConnection, code: number): void {
  connection.send(stanza('failure', { reason: String(code), location: 'test' }))
  connection.end()
}

function takeFromCandidate(candidate: Candidate, received: Stanza): void {
  const { connection } = candidate
  const { id, type } = received.attrs
  if (childOf(received, 'pair-device-sign') && candidate.linked) {
    const { account, device } = candidate.linked
    if (account.connection) endStream(account, 'device_removed')
    account.device = device
    account.changed()
    connection.send(stanza('stream:error', { code: '515' }))
    connection.end()
    return
  }
  if (received.tag !== 'iq' || type === 'result') return
  const registration = childOf(received, 'link_code_companion_reg')
  if (registration?.attrs['stage'] === 'companion_hello') {
    const wrapped = bytesOf(registration, 'link_code_pairing_wrapped_companion_ephemeral_pub')
    const number = (registration.attrs['jid'] ?? '').split('@')[0] ?? ''
    candidate.code = { number, wrapped }
  } else if (registration) {
    candidate.finishCode?.(received)
  }
  connection.send(stanza('iq', { from: SERVER, type: 'result', id }, []))
}

async function takeStanza(account: AccountState, received: Stanza): Promise<void> {
  const { tag, attrs } = received
  switch (tag) {
    case 'iq': {
      if (attrs['type'] === 'result') return
      countCall(account, `iq:${attrs['xmlns'] ?? ''}`)
      account.connection?.send(await answerQuery(account, received))
      if (attrs['xmlns'] === 'passive') offerStored(account)
      return
    }
    case 'message':
      return takeMessage(account, received)
    case 'receipt':
      return takeReceipt(account, received)
    case 'ack': {
      countCall(account, `ack:${attrs['class'] ?? ''}`)
      if (attrs['class'] === 'message') {
        const list = attrs['error'] === undefined ? account.acknowledged : account.refused
        forget(account, attrs['id'] ?? '', list)
      }
      return
    }
    case 'chatstate': {
      const isTyping = childOf(received)?.tag === 'composing'
      return countCall(account, isTyping ? 'typing' : 'paused')
    }
    default:
  }
}
