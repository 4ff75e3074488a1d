import type { Capabilities, Envelope } from '@junctor/channel'

/** Who may speak on one account, as the config says. */
export interface AdmissionPolicy {
  readonly dmPolicy: 'open' | 'allowlist' | 'disabled'
  readonly allowFrom: readonly string[]
  readonly groupPolicy: 'open' | 'allowlist' | 'disabled'
  readonly groupAllowFrom: readonly string[]
  readonly groups: { readonly [id: string]: { readonly requireMention?: boolean | undefined } }
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
  capabilities: Pick<Capabilities, 'agentChoice'>,
): Verdict {
  const { sender, peer } = envelope
  if (sender.isBot)
    return refusal('sender', `${nameOf(envelope)} is a bot, and bots are not answered`)
  return peer.kind === 'dm'
    ? admitDirect(envelope, policy, capabilities)
    : admitRoom(envelope, policy)
}

function admitDirect(
  envelope: Envelope,
  policy: AdmissionPolicy,
  capabilities: Pick<Capabilities, 'agentChoice'>,
): Verdict {
  const settings = settingsOf(envelope)
  switch (policy.dmPolicy) {
    case 'disabled':
      return refusal('dmPolicy', `${settings}.dmPolicy is "disabled"`)
    case 'open':
      return accept('dmPolicy', 'dmPolicy is "open"')
    case 'allowlist':
      // Such a surface lets nobody speak whom the gateway has not authenticated itself.
      if (capabilities.agentChoice === true)
        return accept(
          'authenticated',
          `${envelope.channel} senders are authenticated by the gateway`,
        )
      return lists(policy.allowFrom, envelope.sender.id)
        ? accept('allowFrom', `allowFrom lists ${envelope.sender.id}`)
        : refusal(
            'allowFrom',
            `${nameOf(envelope)} is not in ${settings}.allowFrom (add "${envelope.sender.id}", or set dmPolicy to "open")`,
          )
  }
}

function admitRoom(envelope: Envelope, policy: AdmissionPolicy): Verdict {
  const settings = settingsOf(envelope)
  const room = `${envelope.peer.kind} ${envelope.peer.id}`
  const entry = Object.hasOwn(policy.groups, envelope.peer.id)
    ? policy.groups[envelope.peer.id]
    : Object.hasOwn(policy.groups, '*')
      ? policy.groups['*']
      : undefined
  if (policy.groupPolicy === 'disabled')
    return refusal('groupPolicy', `${settings}.groupPolicy is "disabled"`)
  if (policy.groupPolicy === 'allowlist') {
    if (entry === undefined)
      return refusal(
        'groups',
        `${room} is not in ${settings}.groups (add "${envelope.peer.id}", or set groupPolicy to "open")`,
      )
    if (policy.groupAllowFrom.length > 0 && !lists(policy.groupAllowFrom, envelope.sender.id))
      return refusal(
        'groupAllowFrom',
        `${nameOf(envelope)} is not in ${settings}.groupAllowFrom (add "${envelope.sender.id}")`,
      )
  }
  if (entry?.requireMention === true && envelope.type === 'message' && !envelope.mentions.self)
    return refusal('requireMention', `nobody was mentioned, and ${room} requires it`)
  return policy.groupPolicy === 'open'
    ? accept('groupPolicy', 'groupPolicy is "open"')
    : accept('groups', `groups lists ${entry === policy.groups['*'] ? '"*"' : envelope.peer.id}`)
}

function lists(list: readonly string[], id: string): boolean {
  return list.includes('*') || list.includes(id)
}

function settingsOf(envelope: Envelope): string {
  return `channels.${envelope.channel}.accounts.${envelope.accountId}`
}

function nameOf({ sender }: Envelope): string {
  return sender.name === undefined ? sender.id : `${sender.name} (${sender.id})`
}

function accept(rule: string, reason: string): Verdict {
  return { admitted: true, rule, reason }
}

/** The verdict that keeps a message out. */
export function refusal(rule: string, reason: string): Verdict {
  return { admitted: false, rule, reason }
}
