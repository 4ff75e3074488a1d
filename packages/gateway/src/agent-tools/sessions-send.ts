import { labelled, type Tool } from '@junctor/agent'
import { parseSessionKey, sessionKey as writeSessionKey } from '@junctor/session-key'
import type { Store } from '@junctor/store'
import { openExchange, type Exchange } from '../agent-to-agent/exchange.ts'
import { nextHop } from '../agent-to-agent/hops.ts'
import { createDeadline } from '../deadline.ts'
import { textOf } from '../envelopes.ts'
import type { Answers, MessageEnd } from '../internal/answers.ts'
import { describeOrigin } from '../internal/internal-message.ts'
import type { Errands } from '../internal/errands.ts'
import type { Waits } from '../internal/waits.ts'
import type { Snapshot } from '../snapshot.ts'
import type { TurnCauses } from '../turn-causes.ts'
import { deniedCall } from './denied.ts'
import { countOf } from './input.ts'
import type { Caller, Sight } from './sight.ts'

export interface SessionsSendOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly sight: Sight
  readonly causes: TurnCauses
  readonly exchanges: Errands<Exchange>
  readonly answers: Answers
  readonly waits: Waits
  /** The turn of a session waits: it takes up no place meanwhile. */
  readonly aside: <Result>(caller: Caller, wait: () => Promise<Result>) => Promise<Result>
  readonly now: () => number
}

const LONGEST_WAIT_S = 3_600

/** The tool `sessions_send`: a message into another session, whose answer one may wait for. */
export function sessionsSendTool(options: SessionsSendOptions): Tool {
  const { store, snapshot, sight, causes, exchanges, waits } = options

  const targetOf = async (input: Parameters<Tool['run']>[0], caller: Caller): Promise<string> => {
    const { mainKey } = snapshot().config.session
    const agentId = textOf(input, 'agentId')
    const written = textOf(input, 'sessionKey')
    if ((written === '') === (agentId === ''))
      throw new TypeError('Not sent: give either "sessionKey" or "agentId".')
    const target = written || writeSessionKey({ kind: 'main', agentId, mainKey })
    const refused = await sight.refused(caller, target)
    if (refused !== undefined) throw deniedCall('Not sent', refused)
    const parts = parseSessionKey(target)
    const isMain = parts.kind === 'main' && parts.mainKey === mainKey && parts.thread === undefined
    // A main session may begin with a message; any other one begins with a person.
    if (!isMain && (await store.agent(parts.agentId).session(target)) === undefined)
      throw new TypeError(`Not sent: there is no session ${target}; see sessions_list.`)
    return target
  }

  const refuseEndlessWait = (from: string, to: string): void => {
    if (!waits.wouldClose(from, to)) return
    const reason =
      from === to
        ? 'this is that session: it cannot answer before you have'
        : `session ${to} waits for this one: neither would ever answer`
    throw new TypeError(`Not sent: ${reason}. With timeoutSeconds: 0 it is sent without waiting.`)
  }

  /** Undefined: it took too long, and goes on. */
  const answerOf = async (
    from: Caller,
    to: string,
    messageId: string,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<MessageEnd | undefined> => {
    const expired = new Error('It took too long.')
    using deadline = createDeadline(signal, waitMs, () => expired)
    const wait = (): Promise<MessageEnd> =>
      options.answers.until(parseSessionKey(to).agentId, messageId, deadline.signal)
    try {
      return await waits.during(from.sessionKey, to, () => options.aside(from, wait))
    } catch (error) {
      if (error === expired) return undefined
      throw error
    }
  }

  return {
    name: 'sessions_send',
    description:
      'Send a message into another session and wait for its answer. With timeoutSeconds 0 it is sent without waiting. Later answers reach you as messages of their own.',
    inputSchema: {
      type: 'object',
      properties: {
        sessionKey: { type: 'string', description: 'As sessions_list shows it.' },
        agentId: { type: 'string', description: 'Instead: the main session of this agent.' },
        message: { type: 'string' },
        timeoutSeconds: {
          type: 'integer',
          description: `How long to wait for the answer, 0 to ${LONGEST_WAIT_S}, by default 30.`,
        },
      },
      required: ['message'],
      additionalProperties: false,
    },
    once: 'by call id',
    timeoutMs: (LONGEST_WAIT_S + 60) * 1_000,
    async run(input, context) {
      const { sessionKey: from, signal } = context
      const text = textOf(input, 'message')
      if (text.trim() === '') throw new TypeError('Not sent: "message" is empty.')
      const seconds = countOf(input, 'timeoutSeconds', {
        least: 0,
        most: LONGEST_WAIT_S,
        otherwise: 30,
      })
      const to = await targetOf(input, context)
      if (seconds > 0) refuseEndlessWait(from, to)
      const cause = causes.of(context.turnId)
      const { session, messages } = snapshot().config
      const { status, id: runId } = await exchanges.begin(
        openExchange({
          from,
          to,
          key: `${cause.messageId}/${context.callId}`,
          text,
          causation: nextHop(cause, session.agentToAgent.maxHops),
          mostWaiting: messages.queue.cap,
        }),
      )
      if (status === 'full')
        throw new TypeError(
          `Not sent: ${messages.queue.cap} messages wait in that session already, as many as messages.queue.cap allows.`,
        )
      if (seconds === 0) return JSON.stringify({ runId, status: 'accepted', sessionKey: to })
      const end = await answerOf(context, to, runId, seconds * 1_000, signal)
      return resultText(runId, to, end)
    },
  }
}

function resultText(runId: string, sessionKey: string, end: MessageEnd | undefined): string {
  const result = (status: string, more: object = {}): string =>
    JSON.stringify({ runId, status, sessionKey, ...more })
  if (end === undefined)
    return result('timeout', { note: 'The run continues; its answer comes as a message.' })
  const { outcome, text, reason } = end
  if (outcome === 'failed') return result('error', { error: reason ?? 'it failed' })
  if (outcome === 'silent') return result('ok', { reply: '' })
  const origin = describeOrigin({ kind: 'session', sessionKey })
  return `${result('ok')}\n${labelled(`the reply of ${origin}`, text)}`
}
