import type { Logger } from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import { parseSessionKey } from '@junctor/session-key'
import { fieldOf, textOf } from '../envelopes.ts'
import type { MessageEnd } from '../internal/answers.ts'
import type { Errand } from '../internal/errands.ts'
import type { Causation } from '../internal/internal-message.ts'
import type { Post } from '../internal/post.ts'
import { SKIP } from '../mail.ts'
import { STOPPED_BY_PARENT } from './stop.ts'
import type { Subagent, SubagentBook, SubagentStatus } from './subagent.ts'

/** The task of a sub-agent, under way. */
export interface SubagentRun {
  readonly parent: string
}

export interface SubagentRunOptions {
  readonly book: SubagentBook
  readonly post: Post
  readonly now: () => number
  readonly log: Logger
}

/** The message that a sub-agent begins with. */
export function taskOf(
  sessionKey: string,
  parent: string,
  task: string,
  { key, causation }: { readonly key: string; readonly causation: Causation },
): Errand<SubagentRun> {
  return {
    post: {
      sessionKey,
      key,
      origin: { kind: 'parent', sessionKey: parent },
      text: `You are a sub-agent, started for one task. What you answer is handed to the session that started you, and you are asked nothing more: answer with the result, complete in itself, and say what you could not do.\n\nTask: ${task}`,
      causation,
    },
    next: { parent },
  }
}

/** Tells the session that started a sub-agent how it ended. */
export function createSubagentRuns({
  book,
  post,
  now,
  log,
}: SubagentRunOptions): (
  errand: Errand<SubagentRun>,
  end: MessageEnd,
  messageId: string,
) => Promise<void> {
  return async ({ post: { sessionKey, key, causation }, next: { parent } }, end, messageId) => {
    const subagent = await book.get(sessionKey)
    const status = statusOf(end)
    if (subagent !== undefined && end.reason !== STOPPED_BY_PARENT)
      try {
        const { answerTo } = subagent
        await post({
          sessionKey: parent,
          key: `${key}/result`,
          origin: { kind: 'subagent', sessionKey },
          text: announcement(sessionKey, subagent, status, end),
          ...(end.text === '' ? {} : { data: end.text }),
          causation: {
            rootId: causation?.rootId ?? messageId,
            parentId: messageId,
            hops: (causation?.hops ?? 0) + 1,
          },
          ...(answerTo === undefined ? {} : { answerTo }),
        })
      } catch (error) {
        if (!hasCode(error, 'UNKNOWN_AGENT')) throw error
        log.warn({ sessionKey, parent }, 'nobody is there to be told how a sub-agent ended')
      }
    await book.change(sessionKey, { status, endedAt: subagent?.endedAt ?? now() })
  }
}

function statusOf({ outcome, reason = '', turn }: MessageEnd): SubagentStatus {
  if (outcome !== 'failed') return 'ok'
  if (turn?.outcome === 'command' || reason === STOPPED_BY_PARENT) return 'stopped'
  const code = textOf(fieldOf(turn?.trace ?? null, 'error'), 'code')
  return code === 'TURN_TIMEOUT' ? 'timeout' : 'error'
}

/** Every word of it is the gateway's: what the sub-agent says of itself is data, below. */
function announcement(
  sessionKey: string,
  { label, createdAt, beganAt = createdAt }: Subagent,
  status: SubagentStatus,
  { text, reason, turn }: MessageEnd,
): string {
  const { agentId } = parseSessionKey(sessionKey)
  const name = label === undefined ? '' : ` ${JSON.stringify(label)}`
  const stats =
    turn === undefined
      ? 'it never began'
      : `${Math.round((turn.endedAt - beganAt) / 1_000)} s, ${turn.inputTokens} tokens in, ${turn.outputTokens} out, ${turn.model}`
  return [
    `The sub-agent${name} that you started (agent ${agentId}, session ${sessionKey}) has ended.`,
    `Status: ${status}`,
    ...(reason === undefined ? [] : [`Notes: ${reason.replaceAll(/\s+/g, ' ')}`]),
    `Stats: ${stats}`,
    text === '' ? 'Result: none' : 'Result: below',
    `Tell the people here what they need to know of it, in your own words, or write exactly ${SKIP} to tell them nothing.`,
  ].join('\n')
}
