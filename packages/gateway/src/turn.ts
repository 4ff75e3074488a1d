import type { Tool } from '@junctor/agent'
import type { Logger } from '@junctor/channel'
import { hasCode, type JunctorError } from '@junctor/errors'
import type { TurnResult } from '@junctor/runtime'
import { parseSessionKey } from '@junctor/session-key'
import type {
  AgentStore,
  Commit,
  InboxMessage,
  KeptMessage,
  NewTranscriptMessage,
  Work,
} from '@junctor/store'
import type { OpenConnection } from './account.ts'
import {
  failedResult,
  runAgent,
  type AgentRunOptions,
  type ModelSource,
  type TurnRunner,
  type WorkbenchSource,
} from './agent-run.ts'
import { decisionsIn, type Audit } from './audit.ts'
import { composeDeliveries } from './delivery/compose.ts'
import type { ShownDraft } from './delivery/draft-message.ts'
import { leftDraft } from './delivery/draft.ts'
import { showAnswer } from './delivery/show-answer.ts'
import { toJson } from './envelopes.ts'
import { GatewayError } from './errors.ts'
import type { Ledger } from './budget/ledger.ts'
import type { EventSink } from './events.ts'
import { failureText, isWorthAnotherTry, MOST_CLAIMS, retryDelayMs } from './failure.ts'
import type { NewId } from './ids.ts'
import type { LaneHold, LaneResult } from './held-lane.ts'
import { parseInternal } from './internal/internal-message.ts'
import { mailOf, type AnswerTo, type Mail } from './mail.ts'
import { isStale, newSessionId } from './session-reset.ts'
import type { Prompts } from './prompts.ts'
import type { AgentSkills } from './skills/agent-skills.ts'
import type { PreparedAgent, Snapshot } from './snapshot.ts'
import type { ToolSource } from './tool-source.ts'
import type { SubagentTerms, TermsOfSubagents } from './subagents/terms.ts'
import type { TurnCauses } from './turn-causes.ts'
import { tellProgress } from './turn-progress.ts'
import { createTurnInput, type TurnInput } from './turn-input.ts'

export interface TurnsOptions {
  readonly snapshot: () => Snapshot
  readonly models: ModelSource
  readonly ledger: Ledger
  readonly tools: readonly Tool[]
  readonly toolSources: readonly ToolSource[]
  readonly causes: TurnCauses
  readonly toolsOf: AgentRunOptions['toolsOf']
  readonly subagentTerms: Pick<TermsOfSubagents, 'begin'>
  readonly workbenches: WorkbenchSource | undefined
  readonly prompts: Prompts
  readonly runner: TurnRunner
  readonly audit: Audit
  readonly skills: AgentSkills
  readonly connection: (channel: string, accountId: string) => OpenConnection | undefined
  /** An earlier answer of the session is still on its way: a draft must not overtake it. */
  readonly isDelivering: (agentId: string, sessionKey: string) => boolean
  /** Committed answers wait to be sent. */
  readonly deliver: (agentId: string, sessionKey: string) => void
  readonly newId: NewId
  readonly now: () => number
  readonly random: () => number
  readonly log: Logger
  readonly events: EventSink
  /** Aborts when the gateway waits no longer for running turns. */
  readonly signal: AbortSignal
}

/** What holds for one turn alone. */
export interface TurnTerms {
  /** The agent does not run: its messages end with this error, and whoever wrote them is told. */
  readonly refusal?: GatewayError
  /** Where it is less than the agent's own limit. */
  readonly timeLimitMs?: number
}

export type TakeTurn = (
  store: AgentStore,
  work: Work,
  hold: LaneHold,
  terms?: TurnTerms,
) => Promise<LaneResult>

interface Turn {
  readonly id: string
  readonly store: AgentStore
  readonly work: Work
  readonly hold: LaneHold
  readonly first: InboxMessage
  readonly input: TurnInput
  /** The session has become another conversation since its last turn: this is its id. */
  readonly newSessionId: string | undefined
  /** What was said in the room meanwhile, and not to the agent. */
  readonly kept: readonly KeptMessage[]
  readonly prepared: PreparedAgent
  readonly subagent: SubagentTerms | undefined
  readonly snapshot: Snapshot
  readonly startedAt: number
}

/** How the agent's run ended, and what it left on the platform. */
interface Run {
  readonly result: TurnResult
  readonly model: string
  readonly draft: ShownDraft
}

/** One turn: from claimed messages to one commit, or back into the mailbox. */
export function createTurns(options: TurnsOptions): TakeTurn {
  const { newId, now, log, events } = options

  const factsOf = ({ id, store, work }: Turn) => ({
    turnId: id,
    agentId: store.agentId,
    sessionKey: work.lease.sessionKey,
  })

  /** Of several messages the newest is answered. */
  const mailIn = ({ first, work }: Turn): Mail => mailOf(work.messages.at(-1) ?? first)

  const run = async (turn: Turn): Promise<Run> => {
    const { store, work, hold, input } = turn
    const ending = AbortSignal.any([hold.lost, options.signal])
    const signal = AbortSignal.any([ending, hold.interrupted])
    const { agentId, sessionKey } = factsOf(turn)
    const mail = mailIn(turn)
    const shown = showAnswer({
      mail,
      agentId,
      connection: options.connection,
      isDelivering: options.isDelivering(agentId, sessionKey),
      left: work.draft,
      note: (noted) => store.draft(work.lease, noted),
      id: answerIdOf(turn.first),
      log,
      now,
      typingSignal: signal,
      // An interruption lets a call under way end: the next turn must know the message that it leaves.
      signal: ending,
    })
    try {
      const ask: AgentRunOptions = {
        ...turn,
        session: hold.session,
        newSessionId: turn.newSessionId,
        turnId: turn.id,
        input: input.begun,
        incoming: async () => input.add(await hold.takeMore()),
        models: options.models,
        ledger: options.ledger,
        tools: options.tools,
        toolSources: options.toolSources,
        toolsOf: options.toolsOf,
        writers: () => input.writers(),
        workbenches: options.workbenches,
        prompts: options.prompts,
        runner: options.runner,
        skills: options.skills,
        log,
        emit: (event) => {
          if (event.type === 'turn:text') shown.update(event.text)
          tellProgress(events, factsOf(turn), event)
        },
        signal,
      }
      const cause = { ...mail, messageId: turn.first.id }
      const { result, model } = await options.causes.during(turn.id, cause, () => runAgent(ask))
      return { result, model, draft: await shown.finish() }
    } finally {
      await shown.close()
    }
  }

  const capabilitiesAt = ({ address: { channel, accountId } }: AnswerTo) =>
    options.connection(channel, accountId)?.channel.capabilities

  const handBack = async (turn: Turn, retryAt: number, reason: string): Promise<LaneResult> => {
    const { more } = await turn.store.release(turn.work.lease, { retryAt, reason })
    ended(turn, 'handed back')
    return { more, retryAt }
  }

  /** The attempt ended for a reason that is not its messages' own. */
  const giveWay = async (turn: Turn, outcome: string, reason: string): Promise<LaneResult> => {
    const release = { retryAt: now(), reason, uncounted: true }
    const { more } = await turn.store.release(turn.work.lease, release)
    ended(turn, outcome)
    return { more }
  }

  const commit = async (turn: Turn, { result, model, draft }: Run): Promise<LaneResult> => {
    const { store, work, first } = turn
    const { agentId, sessionKey } = factsOf(turn)
    const { error } = result
    const mail = mailIn(turn)
    const { answerTo } = mail
    const text =
      error === undefined ? mail.toSend(result.text) : failureText(error, first.id, mail.asked)
    const deliveries =
      answerTo === undefined
        ? []
        : composeDeliveries({
            ...answerTo,
            text,
            agentId,
            capabilities: capabilitiesAt(answerTo),
            newId,
            messageId: first.id,
            draft,
          })
    const lastKept = turn.kept.at(-1)
    const { more } = await store.commit(work.lease, {
      ...(lastKept === undefined ? {} : { kept: lastKept.seq }),
      turn: recordOf(turn, result, model, now()),
      transcript: transcriptOf(result, turn.input),
      deliveries,
      outcome: error === undefined ? { state: 'done' } : { state: 'dead', reason: error.message },
      ...(turn.newSessionId === undefined ? {} : { session: { sessionId: turn.newSessionId } }),
    })
    await note(turn, result)
    if (error !== undefined)
      log.error({ ...factsOf(turn), messageId: first.id }, `turn failed: ${error.message}`)
    ended(turn, result.outcome, model, error?.code)
    if (deliveries.length > 0) options.deliver(agentId, sessionKey)
    return { more }
  }

  /** The trace of the turn says it too: what policy decided is not lost when this is. */
  const note = async (turn: Turn, { trace }: TurnResult): Promise<void> => {
    const { agentId, sessionKey } = factsOf(turn)
    const decisions = decisionsIn(trace.calls, { at: now(), sessionKey, turnId: turn.id })
    try {
      await options.audit.record(agentId, decisions)
    } catch (error) {
      log.error({ ...factsOf(turn), error: String(error) }, 'decisions could not be recorded')
    }
  }

  const ended = (
    turn: Turn,
    outcome: string,
    model = turn.prepared.agent.model,
    code?: string,
  ): void => {
    const durationMs = now() - turn.startedAt
    log.info({ ...factsOf(turn), model, outcome, durationMs }, `turn ended: ${outcome}`)
    const why = code === undefined ? {} : { code }
    events.emit('turn:ended', { ...factsOf(turn), outcome, ...why, durationMs })
  }

  return async (store, work, hold, { refusal, timeLimitMs } = {}) => {
    const snapshot = options.snapshot()
    const [first] = work.messages
    const { subagent, unknown } = await termsOf(options, work.lease.sessionKey)
    const timeLimits = [timeLimitMs, subagent?.timeLimitMs].filter((ms) => ms !== undefined)
    const prepared = withTimeLimit(snapshot.agents.get(store.agentId), timeLimits)
    if (first === undefined || prepared === undefined)
      throw new GatewayError(
        'UNKNOWN_AGENT',
        `There is no agent "${store.agentId}" to take the turn.`,
      )
    const kept = await store.kept(work.lease.sessionKey)
    const turn: Turn = {
      id: newId('turn'),
      store,
      work,
      hold,
      first,
      input: createTurnInput(work.messages, kept),
      kept,
      newSessionId: beginsAnew(snapshot.config, hold.session, first, now())
        ? newSessionId()
        : undefined,
      prepared,
      subagent,
      snapshot,
      startedAt: now(),
    }
    events.emit('turn:started', factsOf(turn))
    const end = refusal ?? unknown ?? (first.attempt > MOST_CLAIMS ? givenUp(turn) : undefined)
    if (end !== undefined)
      return commit(turn, {
        result: failedResult(prepared.agent.model, turn.input.begun, end),
        model: prepared.agent.model,
        draft: leftDraft(answerIdOf(first), work.draft),
      })
    let ran: Run
    try {
      ran = await run(turn)
    } catch (error) {
      // The lease is gone: somebody else has the messages, and nothing of this turn may be written.
      if (hold.lost.aborted) ended(turn, 'lost')
      else if (options.signal.aborted) return giveWay(turn, 'handed back', 'the gateway stopped')
      else if (hold.interrupted.aborted)
        return giveWay(turn, 'interrupted', String(reasonOf(hold.interrupted)))
      throw error
    }
    const { error } = ran.result
    // Nothing was asked and nothing shown: somebody else may still answer.
    if (hasCode(error, 'OVER_BUDGET') && isUntouched(ran))
      return giveWay(turn, 'over budget', error.message)
    if (error === undefined || !isWorthAnotherTry(error, first.attempt)) return commit(turn, ran)
    const waitMs = Math.round(retryDelayMs(error, first.attempt, options.random))
    log.warn({ ...factsOf(turn), waitMs }, `turn failed, to be tried again: ${error.message}`)
    return handBack(turn, now() + waitMs, error.message)
  }
}

/** The same for every attempt: what is sent again under it is no second message where the platform knows keys. */
function answerIdOf({ id }: InboxMessage): string {
  return `out_${id.replace(/^[a-z]+_/, '')}`
}

function reasonOf({ reason }: AbortSignal): unknown {
  return reason instanceof Error ? reason.message : reason
}

/** Each run of a cron job that has a session of its own is a conversation of its own. */
function beginsAnew(
  config: Snapshot['config'],
  session: LaneHold['session'],
  first: InboxMessage,
  at: number,
): boolean {
  const isRun = parseInternal(first.body)?.origin.kind === 'cron'
  if (isRun && parseSessionKey(first.sessionKey).kind === 'cron') return session !== undefined
  return isStale(config, session, mailOf(first).answerTo?.address, at)
}

function isUntouched({ result, draft }: Run): boolean {
  const { usage, trace } = result
  return (
    draft.nativeId === undefined &&
    draft.lost === 0 &&
    trace.calls.length === 0 &&
    usage.inputTokens + usage.outputTokens === 0
  )
}

/** `unknown`: it is not known what the session may do, so it does nothing. */
async function termsOf(
  { subagentTerms }: TurnsOptions,
  sessionKey: string,
): Promise<{ readonly subagent?: SubagentTerms; readonly unknown?: JunctorError }> {
  try {
    const subagent = await subagentTerms.begin(sessionKey)
    return subagent === undefined ? {} : { subagent }
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_SUBAGENT', 'UNKNOWN_JOB')) return { unknown: error }
    throw error
  }
}

function withTimeLimit(
  prepared: PreparedAgent | undefined,
  limits: readonly number[],
): PreparedAgent | undefined {
  if (prepared === undefined || limits.length === 0) return prepared
  const turnTimeoutMs = Math.min(prepared.limits.turnTimeoutMs, ...limits)
  return { ...prepared, limits: { ...prepared.limits, turnTimeoutMs } }
}

function recordOf(
  { id, startedAt, hold, input, kept }: Turn,
  { outcome, usage, trace }: TurnResult,
  model: string,
  endedAt: number,
): Commit['turn'] {
  return {
    id,
    startedAt,
    endedAt,
    outcome,
    model,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    trace: toJson({
      ...trace,
      queue: hold.mode,
      messages: input.trace(),
      kept: kept.map(({ reference }) => reference.nativeId),
    }),
  }
}

function transcriptOf({ messages }: TurnResult, input: TurnInput): readonly NewTranscriptMessage[] {
  return messages.map((message) => {
    const messageId = input.idOf(message)
    return {
      role: message.role,
      parts: message.parts.map(toJson),
      ...(messageId === undefined ? {} : { messageId }),
    }
  })
}

/** A message that keeps ending the process itself is taken out of the lane, so that the ones behind it get their turn. */
function givenUp({ first }: Turn): GatewayError {
  return new GatewayError(
    'GIVEN_UP',
    `Message ${first.id} was begun ${first.attempt - 1} times and never ended: ${first.reason ?? 'the process ended each time'}.`,
  )
}
