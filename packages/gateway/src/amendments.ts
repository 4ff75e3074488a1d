import type { Envelope, MessageEnvelope } from '@junctor/channel'
import type { AgentStore, MessageReference, Store } from '@junctor/store'
import { isSameMessage, parseEnvelope, referenceOf, toJson } from './envelopes.ts'
import { asContext } from './rooms/context.ts'

/** What somebody did to a message that they had written. */
export type Amendment = Extract<Envelope, { type: 'edited' | 'deleted' }>

/** The message that is changed. */
export function amendedMessage(amendment: Amendment): MessageReference {
  return { ...referenceOf(amendment), nativeId: amendment.targetId }
}

/** Changes a message that waits, or is kept, with any of the agents. Answers whether there was one. */
export async function amendMailboxes(
  store: Store,
  agentIds: Iterable<string>,
  amendment: Amendment,
): Promise<boolean> {
  let isAmended = false
  for (const agentId of agentIds)
    if (await amendIn(store.agent(agentId), amendment)) isAmended = true
  return isAmended
}

async function amendIn(agent: AgentStore, amendment: Amendment): Promise<boolean> {
  const reference = amendedMessage(amendment)
  if (amendment.type === 'deleted')
    return (await agent.amend(reference, { withdrawn: 'its sender deleted it' })) === 'amended'
  const stories = await agent.find(reference.nativeId)
  const waiting = stories.find(({ message }) => isSameMessage(message.reference, reference))
  const body =
    waiting === undefined
      ? // It was not for this agent to answer; it may be kept as one that the agent is told of.
        asContext(asMessage(amendment))
      : { ...parseEnvelope(waiting.message.body), text: amendment.text }
  return (await agent.amend(reference, { body: toJson(body) })) === 'amended'
}

/** What an edit leaves standing, as far as the platform tells it. */
function asMessage({
  type: _type,
  targetId,
  ...edit
}: Extract<Amendment, { type: 'edited' }>): MessageEnvelope {
  return {
    ...edit,
    type: 'message',
    nativeId: targetId,
    mentions: { self: false, ids: [] },
    attachments: [],
  }
}
