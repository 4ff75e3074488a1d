import type { Envelope, MessageEnvelope } from '@junctor/channel'
import type { Store } from '@junctor/store'
import { nameOf, refusal, settingsOf, type Verdict } from '../admission.ts'
import { addressOf } from '../envelopes.ts'
import { createIds, type NewId } from '../ids.ts'
import { createApprovals, type PairingApproval } from './approvals.ts'
import {
  createPairingBook,
  type PairingPage,
  type PairingBook,
  type PairingRequest,
} from './book.ts'
import { newPairingCode } from './code.ts'
import { findApproval, findRequest, type PairingPlace } from './find.ts'
import { askingText, WELCOME } from './texts.ts'

/** How people are let in one by one. Everything is in the store, so it works on an open store, with or without a gateway. */
export interface Pairing {
  list(): Promise<{
    readonly requests: readonly PairingRequest[]
    readonly approvals: readonly PairingApproval[]
  }>
  /**
   * Let in whoever sent the request, by its id or its code. `session` defaults to `own`.
   * Rejects with `UNKNOWN_PAIRING` when no request has it (any more).
   */
  approve(
    reference: string,
    options?: PairingPlace & { readonly session?: PairingApproval['session'] },
  ): Promise<PairingApproval>
  /** Forget a request. Its sender gets no other code for a day. Rejects with `UNKNOWN_PAIRING`. */
  reject(reference: string, place?: PairingPlace): Promise<PairingRequest>
  /**
   * Shut somebody out again, by the id of the approval or by the sender's. Their next message is a stranger's.
   * Rejects with `UNKNOWN_PAIRING`, or `AMBIGUOUS_PAIRING` when several accounts let that sender in.
   */
  revoke(reference: string, place?: PairingPlace): Promise<PairingApproval>
}

/** What admission asks. */
export interface PairingDesk extends Pairing {
  approvalOf(envelope: Envelope): Promise<PairingApproval | undefined>
  /** A stranger wrote: they get a code, once. Answers why their message is refused. */
  ask(envelope: MessageEnvelope): Promise<Verdict>
}

export interface PairingOptions {
  readonly store: Store
  readonly book?: PairingBook
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
  readonly newId?: NewId
  /** Default: eight random characters. */
  readonly newCode?: () => string
  /** Somebody is to be told something. */
  readonly noticed?: () => void
}

const CODE_TTL_MS = 60 * 60_000
const MOST_PENDING = 3
const DAY_MS = 24 * 60 * 60_000

export function createPairing({
  store,
  now = Date.now,
  book = createPairingBook(store, now),
  newId = createIds(now),
  newCode = newPairingCode,
  noticed = () => {},
}: PairingOptions): PairingDesk {
  const approvals = createApprovals(store)
  const rejected = store.gateway.table('pairing-rejected')

  const requests = async (): Promise<readonly PairingRequest[]> =>
    (await book.pages()).flatMap((page) => page.requests)

  /** The request and what its sender was still to be told go; `more` may be told instead. */
  const drop = (
    { channel, id }: PairingRequest,
    more: PairingPage['notices'] = [],
  ): Promise<void> =>
    book.update(channel, (page) => ({
      page: {
        requests: page.requests.filter((request) => request.id !== id),
        notices: [...page.notices.filter((notice) => notice.id !== id), ...more],
      },
      result: undefined,
    }))

  /** The sender's request: one that waits, a new one, or none where too many wait. */
  const open = (envelope: MessageEnvelope, request: PairingRequest) =>
    book.update(envelope.channel, (page) => {
      const known = page.requests.find(
        ({ accountId, senderId }) =>
          accountId === request.accountId && senderId === request.senderId,
      )
      if (known !== undefined || page.requests.length >= MOST_PENDING)
        return { page, result: known }
      const { id, at, expiresAt } = request
      const notice = { id, address: addressOf(envelope), text: askingText(request), at, expiresAt }
      return {
        page: { requests: [...page.requests, request], notices: [...page.notices, notice] },
        result: request,
      }
    })

  return {
    async list() {
      return { requests: await requests(), approvals: await approvals.list() }
    },

    async approve(reference, { session = 'own', ...place } = {}) {
      const request = findRequest(await requests(), reference, place)
      const { id, channel, accountId, senderId, senderName } = request
      const name = senderName === undefined ? {} : { senderName }
      const at = now()
      const approval = { id, channel, accountId, senderId, ...name, session, approvedAt: at }
      // Before the request goes: a process that ends in between leaves both, and approving again does no harm.
      await approvals.put(approval)
      const address = addressOf(request)
      await drop(request, [
        { id: newId('pair'), address, text: WELCOME, at, expiresAt: at + DAY_MS },
      ])
      noticed()
      return approval
    },

    async reject(reference, place = {}) {
      const request = findRequest(await requests(), reference, place)
      await rejected.put(personKey(request), request.id, { ttlMs: DAY_MS })
      await drop(request)
      return request
    },

    async revoke(reference, place = {}) {
      const approval = findApproval(await approvals.list(), reference, place)
      await approvals.remove(approval)
      return approval
    },

    approvalOf: ({ channel, accountId, sender }) =>
      approvals.find({ channel, accountId, senderId: sender.id }),

    async ask(envelope) {
      const { channel, accountId, sender } = envelope
      const name = nameOf(envelope)
      const refuse = (reason: string, cure: string): Verdict =>
        refusal(
          'pairing',
          `${name} ${reason} (${cure}, or add "${sender.id}" to ${settingsOf(envelope)}.allowFrom)`,
        )
      const person = { channel, accountId, senderId: sender.id }
      if ((await rejected.get(personKey(person))) !== undefined)
        return refuse('asked to be let in and was rejected', 'they may ask again a day later')
      const at = now()
      const request = {
        ...addressOf(envelope),
        id: newId('pair'),
        code: newCode(),
        senderId: sender.id,
        ...(sender.name === undefined ? {} : { senderName: sender.name }),
        at,
        expiresAt: at + CODE_TTL_MS,
      }
      const opened = await open(envelope, request)
      if (opened === undefined)
        return refuse(
          `is a stranger, and ${MOST_PENDING} pairing requests wait on ${channel} already`,
          'approve or reject one of them',
        )
      const cure = `\`junctor pairing approve ${opened.id}\``
      if (opened.id !== request.id) return refuse('waits to be let in', cure)
      noticed()
      return refuse('is a stranger and was given a pairing code', cure)
    },
  }
}

type Person = Pick<PairingApproval, 'channel' | 'accountId' | 'senderId'>

function personKey({ channel, accountId, senderId }: Person): string {
  return JSON.stringify([channel, accountId, senderId])
}
