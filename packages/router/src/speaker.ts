import { encodeSegment, threadOf, type DmScope } from '@junctor/session-key'
import type { RouteInput } from './router-contract.ts'
import { isDirect } from './rules.ts'

/** One agent on one channel, with the beginnings of its session keys encoded once. */
export interface Speaker {
  readonly agentId: string
  readonly mainSessionKey: string
  readonly channelPrefix: string
  readonly directPrefix: string
  readonly personPrefix: string
  readonly channelDirectPrefix: string
  readonly channelPersonPrefix: string
  readonly groupPrefix: string
  readonly roomPrefix: string
  readonly threadInfix: string
}

export function createSpeaker(agentId: string, channel: string, mainKey: string): Speaker {
  const agentPrefix = `agent:${encodeSegment(agentId)}:`
  const channelPrefix = `${agentPrefix}${encodeSegment(channel)}:`
  return {
    agentId,
    mainSessionKey: agentPrefix + encodeSegment(mainKey),
    channelPrefix,
    directPrefix: `${agentPrefix}dm:`,
    personPrefix: `${agentPrefix}person:`,
    channelDirectPrefix: `${channelPrefix}dm:`,
    channelPersonPrefix: `${channelPrefix}person:`,
    groupPrefix: `${channelPrefix}group:`,
    roomPrefix: `${channelPrefix}channel:`,
    threadInfix: `:${threadOf(channel, '').kind}:`,
  }
}

/** The same key as `sessionKey` of `@junctor/session-key` writes for these parts. */
export function writeSessionKey(
  speaker: Speaker,
  input: RouteInput,
  dmScope: DmScope,
  people: ReadonlyMap<string, string> | undefined,
): string {
  const key = isDirect(input.peer.kind)
    ? directKey(speaker, input, dmScope, people)
    : roomKey(speaker, input)
  return input.threadId === undefined
    ? key
    : key + speaker.threadInfix + encodeSegment(input.threadId)
}

function roomKey(speaker: Speaker, { accountId, peer }: RouteInput): string {
  const id = encodeSegment(peer.id)
  const isChannel = peer.kind === 'channel'
  if (accountId === 'default') return (isChannel ? speaker.roomPrefix : speaker.groupPrefix) + id
  return `${speaker.channelPrefix}${encodeSegment(accountId)}${isChannel ? ':channel:' : ':group:'}${id}`
}

function directKey(
  speaker: Speaker,
  { accountId, peer }: RouteInput,
  dmScope: DmScope,
  people: ReadonlyMap<string, string> | undefined,
): string {
  if (dmScope === 'main') return speaker.mainSessionKey
  const person = people === undefined ? undefined : people.get(peer.id)
  const id = person ?? encodeSegment(peer.id)
  if (dmScope === 'per-peer')
    return (person === undefined ? speaker.directPrefix : speaker.personPrefix) + id
  if (dmScope === 'per-channel-peer')
    return (person === undefined ? speaker.channelDirectPrefix : speaker.channelPersonPrefix) + id
  const kind = person === undefined ? ':dm:' : ':person:'
  return speaker.channelPrefix + encodeSegment(accountId) + kind + id
}
