import type { Capabilities, Envelope } from '@junctor/channel'
import { roomSettings, type RoomDefaults } from './room-settings.ts'

/** Who may speak on one account, as the config says. */
export interface AdmissionPolicy extends RoomDefaults {
  readonly dmPolicy: 'pairing' | 'allowlist' | 'open' | 'disabled'
  readonly allowFrom: readonly string[]
  readonly groupPolicy: 'open' | 'allowlist' | 'disabled'
  readonly groupAllowFrom: readonly string[]
}

export interface AdmissionFacts {
  /** The channel's senders are authenticated by the gateway. */
  readonly agentChoice?: Capabilities['agentChoice']
  /** A person let this sender in by pairing. */
  readonly isPaired?: boolean
}

export interface Verdict {
  readonly admitted: boolean
  /** The setting that decided, for example `dmPolicy` or `allowFrom`. */
  readonly rule: string
  /** One sentence for a person. */
  readonly reason: string
}

/** Decides whether this sender may speak here at all. Bindings never grant access, and this never picks an agent. */
export function admit(
  envelope: Envelope,
  policy: AdmissionPolicy,
  facts: AdmissionFacts = {},
): Verdict {
  const { sender, peer } = envelope
  if (sender.isBot && !roomSettings(policy, envelope).allowBots)
    return refusal(
      'allowBots',
      `${nameOf(envelope)} is a bot (set ${settingsOf(envelope)}.allowBots, or allowBots of a room in groups, to true to have bots answered)`,
    )
  return peer.kind === 'dm' ? admitDirect(envelope, policy, facts) : admitRoom(envelope, policy)
}

function admitDirect(
  envelope: Envelope,
  { dmPolicy, allowFrom }: AdmissionPolicy,
  { agentChoice = false, isPaired = false }: AdmissionFacts,
): Verdict {
  const settings = settingsOf(envelope)
  const { id } = envelope.sender
  if (dmPolicy === 'disabled') return refusal('dmPolicy', `${settings}.dmPolicy is "disabled"`)
  if (dmPolicy === 'open') return accept('dmPolicy', 'dmPolicy is "open"')
  // Such a surface lets nobody speak whom the gateway has not authenticated itself.
  if (agentChoice)
    return accept('authenticated', `${envelope.channel} senders are authenticated by the gateway`)
  if (lists(allowFrom, id)) return accept('allowFrom', `allowFrom lists ${id}`)
  if (dmPolicy === 'allowlist')
    return refusal(
      'allowFrom',
      `${nameOf(envelope)} is not in ${settings}.allowFrom (add "${id}", or set dmPolicy to "pairing" or "open")`,
    )
  return isPaired
    ? accept('pairing', `${nameOf(envelope)} was let in by pairing`)
    : refusal('pairing', `${nameOf(envelope)} was not let in by pairing`)
}

function admitRoom(envelope: Envelope, policy: AdmissionPolicy): Verdict {
  const settings = settingsOf(envelope)
  const { id } = envelope.sender
  const room = `${envelope.peer.kind} ${envelope.peer.id}`
  const { listedAs, enabled = true, allowFrom = [] } = roomSettings(policy, envelope)
  if (policy.groupPolicy === 'disabled')
    return refusal('groupPolicy', `${settings}.groupPolicy is "disabled"`)
  if (policy.groupPolicy === 'allowlist') {
    if (listedAs === undefined)
      return refusal(
        'groups',
        `${room} is not in ${settings}.groups (add "${envelope.peer.id}", or set groupPolicy to "open")`,
      )
    if (policy.groupAllowFrom.length > 0 && !lists(policy.groupAllowFrom, id))
      return refusal(
        'groupAllowFrom',
        `${nameOf(envelope)} is not in ${settings}.groupAllowFrom (add "${id}")`,
      )
  }
  if (!enabled) return refusal('groups', `${settings}.groups switches ${room} off (enabled: false)`)
  if (allowFrom.length > 0 && !lists(allowFrom, id))
    return refusal(
      'groups',
      `${nameOf(envelope)} is not in allowFrom of ${room} in ${settings}.groups (add "${id}")`,
    )
  return policy.groupPolicy === 'open'
    ? accept('groupPolicy', 'groupPolicy is "open"')
    : accept('groups', `groups lists ${listedAs === '*' ? '"*"' : listedAs}`)
}

function lists(list: readonly string[], id: string): boolean {
  return list.includes('*') || list.includes(id)
}

/** Where the config has the account that a message came to. */
export function settingsOf({
  channel,
  accountId,
}: Pick<Envelope, 'channel' | 'accountId'>): string {
  return `channels.${channel}.accounts.${accountId}`
}

/** A sender for a sentence: by name where the platform tells one, and always by id. */
export function nameOf({ sender }: Pick<Envelope, 'sender'>): string {
  return sender.name === undefined ? sender.id : `${sender.name} (${sender.id})`
}

function accept(rule: string, reason: string): Verdict {
  return { admitted: true, rule, reason }
}

/** The verdict that keeps a message out. */
export function refusal(rule: string, reason: string): Verdict {
  return { admitted: false, rule, reason }
}
