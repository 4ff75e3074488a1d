import type { Address, Capabilities, MessageEnvelope } from '@junctor/channel'
import type { Store } from '@junctor/store'
import { admit, settingsOf } from '../admission.ts'
import { parseEnvelope } from '../envelopes.ts'
import { parseInternal } from '../internal/internal-message.ts'
import type { PairingApproval } from '../pairing/approvals.ts'
import { roomSettings } from '../room-settings.ts'
import { apart, narrow, type Route } from '../routes.ts'
import type { Snapshot } from '../snapshot.ts'

export interface RecipientsOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly approvalOf: (envelope: MessageEnvelope) => Promise<PairingApproval | undefined>
  readonly now: () => number
}

/** The conversation of an agent at an address, or why it may not write there, as a clause. */
export type FindRecipient = (
  agentId: string,
  address: Address,
  capabilities: Capabilities | undefined,
) => Promise<{ readonly sessionKey: string } | { readonly refused: string }>

/** An agent writes only where it would answer now: where the rules lead to it, and to people who may speak to it there. */
export function createRecipients(options: RecipientsOptions): FindRecipient {
  const { store, snapshot, approvalOf, now } = options

  /** The latest message from there, or what one would look like as far as the address tells. */
  const messageFrom = async (agentId: string, address: Address): Promise<MessageEnvelope> => {
    const entries = await store.agent(agentId).conversation(address, { limit: 50 })
    const last = entries.findLast(
      (entry) => entry.type === 'in' && parseInternal(entry.message.body) === undefined,
    )
    if (last?.type === 'in') return parseEnvelope(last.message.body)
    return {
      ...address,
      type: 'message',
      nativeId: '',
      text: '',
      sender: { id: address.peer.id, isBot: false, isSelf: false },
      mentions: { self: false, ids: [] },
      attachments: [],
      sentAt: now(),
    }
  }

  const routeOf = (
    agentId: string,
    envelope: MessageEnvelope,
    capabilities: Capabilities | undefined,
  ): Route | undefined => {
    const { router, agents, config } = snapshot()
    if (capabilities?.agentChoice === true && envelope.agentId === agentId) {
      const own = agents.get(agentId)?.alone(config.session.dmScope).resolve(envelope)
      return own === undefined ? undefined : { ...own, tier: 'addressed' }
    }
    const facts = { text: envelope.text, senderId: envelope.sender.id, at: now() }
    return router.resolveAll(envelope, facts).find((route) => route.agentId === agentId)
  }

  return async (agentId, address, capabilities) => {
    const current = snapshot()
    const policy = current.admission(address.channel, address.accountId)
    if (policy === undefined)
      return { refused: `there is no account ${address.channel}/${address.accountId}` }
    const envelope = await messageFrom(agentId, address)
    const found = routeOf(agentId, envelope, capabilities)
    if (found === undefined)
      return {
        refused: `messages from there go to another agent: agent "${agentId}" writes only where it answers`,
      }
    if (address.peer.kind !== 'dm') {
      const closed = closedRoom(policy, envelope)
      return closed === undefined ? { sessionKey: found.sessionKey } : { refused: closed }
    }
    const approval = await approvalOf(envelope)
    const verdict = admit(envelope, policy, {
      agentChoice: capabilities?.agentChoice ?? false,
      isPaired: approval !== undefined,
    })
    if (!verdict.admitted) return { refused: verdict.reason }
    const route = apart(current, found, approval, envelope)
    const narrowed = narrow(current, route, envelope)
    return narrowed === undefined ? { sessionKey: route.sessionKey } : { refused: narrowed.reason }
  }
}

/** Who may speak in a room does not matter to those who write into it; whether anybody may does. */
function closedRoom(
  policy: NonNullable<ReturnType<Snapshot['admission']>>,
  envelope: MessageEnvelope,
): string | undefined {
  const settings = settingsOf(envelope)
  const { listedAs, enabled = true } = roomSettings(policy, envelope)
  if (policy.groupPolicy === 'disabled') return `${settings}.groupPolicy is "disabled"`
  if (policy.groupPolicy === 'allowlist' && listedAs === undefined)
    return `the room is not in ${settings}.groups`
  return enabled ? undefined : `${settings}.groups switches the room off`
}
