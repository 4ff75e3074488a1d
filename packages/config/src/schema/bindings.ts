import type { BindingConfig, BindingMatch, BroadcastConfig, DmScope } from '../config.ts'
import { agentId } from './agent-id.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import { described, type Reader } from './reader.ts'
import { oneOf, refine, text } from './scalars.ts'

/** A binding without the agent that it leads to. */
export type RouteInput = Omit<BindingConfig, 'agentId'>

export const dmScope: Reader<DmScope> = oneOf(
  ...(['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'] as const),
)

const platformId = text('an id as text')
const channelName = refine(text(), (name) => ({ value: name.toLowerCase() }))
const peerKind = oneOf('dm', 'group', 'channel')
const peer = object(
  {
    kind: described(peerKind, 'A room may be written as group or as channel: both mean the same.'),
    id: described(platformId, 'Exactly as the platform has it; "*" means every peer of the kind.'),
  },
  {},
)

/** What bindings and policies ask of a message. */
export const matchKeys = {
  channel: described(channelName, 'The channel, such as telegram.'),
  accountId: described(
    platformId,
    'The account; "*" or absent means every account (see routing.omittedAccount).',
  ),
  peer: described(peer, 'The person or room that writes.'),
  guildId: described(platformId, 'The server, where the platform has such.'),
  teamId: described(platformId, 'The workspace, where the platform has such.'),
  roles: described(list(platformId), 'Any one of these roles in the guild; needs guildId.'),
}
const { channel, ...otherKeys } = matchKeys
const match: Reader<BindingMatch> = object({ channel }, otherKeys)

const required = {
  match: described(match, 'What a message must have: every field that is written.'),
}
const optional = {
  id: described(text(), 'A name for explanations; unique.'),
  dmScope: described(dmScope, 'Overrides session.dmScope for what this binding catches.'),
  allowFrom: described(
    list(platformId),
    'Senders who may speak through this binding; narrows what the channel lets in.',
  ),
  comment: described(text(), 'For people; no effect.'),
}

const outsideMatch = Object.fromEntries(
  Object.keys(matchKeys).map((key) => [key, `write match: { ${key}: … }`]),
)

/** What a message must have, written beside `match` or in its place. */
function whereMissing(key: string, written: readonly string[]): string | undefined {
  const keys = written.filter((each) => Object.hasOwn(matchKeys, each))
  if (key !== 'match') return undefined
  return `write match: { ${(keys.length === 0 ? ['channel'] : keys).map((each) => `${each}: …`).join(', ')} }`
}

const binding: Reader<BindingConfig> = object(
  { agentId: described(agentId, 'The agent that answers.'), ...required },
  optional,
  { instead: { ...outsideMatch, agent: 'write agentId' }, whereMissing },
)

/** A binding in the declaration of the agent that it leads to. */
export const route: Reader<RouteInput> = object(required, optional, {
  instead: { ...outsideMatch, agentId: 'remove it: a route leads to the agent that it stands in' },
  whereMissing,
})

export const bindings: Reader<readonly BindingConfig[]> = list(binding)

export const broadcast: Reader<Partial<BroadcastConfig>> = object(
  {},
  {
    strategy: described(
      oneOf('parallel', 'sequential'),
      'All agents of a group answer at the same time, or each when the one before it has ended.',
      'parallel',
    ),
    groups: described(
      record(list(agentId)),
      'Peer id → the agents that all answer there, whatever the bindings say.',
    ),
  },
)
