import type { MessageEnvelope } from '@junctor/channel'
import type { Store } from '@junctor/store'
import { settingsOf } from '../admission.ts'
import { roomOf } from '../room-settings.ts'
import { chosenIn, type Route } from '../routes.ts'
import type { Snapshot } from '../snapshot.ts'
import { activationOf } from './activation.ts'

/** Whether a message is for the agent of a route to answer, and why, as a clause. */
export interface Asked {
  readonly route: Route
  readonly isAsked: boolean
  /** Empty in a direct conversation. */
  readonly reason: string
}

export interface AskOptions {
  readonly store: Store
  readonly snapshot: Snapshot
  readonly envelope: MessageEnvelope
  /** The agents that the message went to, each in its own session. */
  readonly routes: readonly Route[]
}

/** What the config says of a message's room. */
export function requiresMention(snapshot: Snapshot, envelope: MessageEnvelope): boolean {
  return roomOf(snapshot, envelope).requireMention !== false
}

/** For each route of a message: whether its agent is to answer. In a room, who is called by name is called alone. */
export async function whoIsAsked(options: AskOptions): Promise<readonly Asked[]> {
  const { envelope, routes } = options
  if (envelope.peer.kind === 'dm')
    return routes.map((route) => ({ route, isAsked: true, reason: '' }))
  const calls = await Promise.all(routes.map((route) => callOf(options, route)))
  const isCalledByName = calls.some((call) => call !== undefined)
  return Promise.all(
    routes.map(async (route, index) => {
      const call = calls[index]
      if (call !== undefined) return { route, isAsked: true, reason: call }
      if (envelope.mentions.self && !isCalledByName)
        return { route, isAsked: true, reason: 'the account itself was mentioned' }
      return uncalled(options, route)
    }),
  )
}

/** How the message calls this very agent. */
async function callOf(
  { store, snapshot, envelope, routes }: AskOptions,
  route: Route,
): Promise<string | undefined> {
  // People call the agent that they know, also while another stands in for it.
  const { agentId } = chosenIn(route)
  const { mentions, replyTo, text } = envelope
  // The platform resolved whom it means, and it is somebody else.
  if (mentions.ids.length > 0 && !mentions.self) return undefined
  const pattern = snapshot.agents.get(agentId)?.findMention(text)
  if (pattern !== undefined) return `it calls agent ${agentId} ("${pattern}")`
  // Among several agents of one account a reply is for the one that wrote the message.
  if (replyTo === undefined || !mentions.self || routes.length < 2) return undefined
  const { channel, accountId, peer } = envelope
  for (const { deliveries } of await store.agent(agentId).find(replyTo.nativeId))
    for (const { nativeId, address } of deliveries)
      if (
        nativeId === replyTo.nativeId &&
        address.channel === channel &&
        address.accountId === accountId &&
        address.peer.id === peer.id
      )
        return `it replies to a message of agent ${agentId}`
  return undefined
}

async function uncalled({ store, snapshot, envelope }: AskOptions, route: Route): Promise<Asked> {
  const { agentId, sessionKey } = chosenIn(route)
  const activation = activationOf(await store.agent(agentId).session(sessionKey))
  if (activation === 'always')
    return { route, isAsked: true, reason: `agent ${agentId} answers everything in this session` }
  if (activation === undefined && !requiresMention(snapshot, envelope))
    return { route, isAsked: true, reason: 'no mention is required in this room' }
  const cure =
    activation === 'mention'
      ? '/activation always has everything answered'
      : `set requireMention of "${envelope.peer.id}" in ${settingsOf(envelope)}.groups to false, or write /activation always, to have everything answered`
  const isOfOthers = envelope.mentions.ids.length > 0 && !envelope.mentions.self
  const cause = isOfOthers ? 'mentions somebody else' : `does not call agent ${agentId}`
  return { route, isAsked: false, reason: `it ${cause} (${cure})` }
}
