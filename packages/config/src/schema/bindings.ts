import type { BindingConfig, BindingMatch, BroadcastConfig, DmScope } from '../config.ts'
import { agentId } from './agents.ts'
import { list, record } from './collections.ts'
import { object } from './object.ts'
import type { Reader } from './reader.ts'
import { oneOf, refine, text } from './scalars.ts'

export const dmScope: Reader<DmScope> = oneOf(
  ...(['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'] as const),
)

const platformId = text('an id as text')
const channelName = refine(text(), (name) => ({ value: name.toLowerCase() }))
const peerKind = oneOf('dm', 'group', 'channel')

const match: Reader<BindingMatch> = object(
  { channel: channelName },
  {
    accountId: platformId,
    peer: object({ kind: peerKind, id: platformId }, {}),
    guildId: platformId,
    teamId: platformId,
    roles: list(platformId),
  },
)

const binding: Reader<BindingConfig> = object(
  { agentId, match },
  { id: text(), dmScope, allowFrom: list(platformId), comment: text() },
)

export const bindings: Reader<readonly BindingConfig[]> = list(binding)

const strategy: Reader<BroadcastConfig['strategy']> = (source, report) => {
  const { node, path } = source
  if (node.type !== 'scalar' || node.value !== 'sequential')
    return oneOf('parallel')(source, report)
  const message = '"sequential" is not available in this version'
  report.unavailable({ path, offset: node.start }, message, 'write "parallel"')
  return undefined
}

export const broadcast: Reader<Partial<BroadcastConfig>> = object(
  {},
  { strategy, groups: record(list(agentId)) },
)
