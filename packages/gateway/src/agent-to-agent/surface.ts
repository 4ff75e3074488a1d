import type { AgentStore } from '@junctor/store'
import { isSameAddress } from '../envelopes.ts'
import { mailOf, type AnswerTo } from '../mail.ts'

const LOOKED_AT = 50

/**
 * Where a session speaks with people: the one place that its latest messages came from. Undefined when there was none, or
 * more than one, of which none is meant more than another.
 */
export async function surfaceOf(
  agent: AgentStore,
  sessionKey: string,
): Promise<AnswerTo | undefined> {
  const rows = await agent.transcript(sessionKey, { limit: LOOKED_AT, current: true })
  let found: AnswerTo | undefined
  for (const { messageId } of rows) {
    if (messageId === undefined) continue
    const story = (await agent.find(messageId)).find(({ message }) => message.id === messageId)
    const answerTo = story && mailOf(story.message).answerTo
    if (answerTo === undefined) continue
    if (found !== undefined && !isSameAddress(found.address, answerTo.address)) return undefined
    found = answerTo
  }
  return found === undefined
    ? undefined
    : { address: found.address, recipientId: found.recipientId }
}
