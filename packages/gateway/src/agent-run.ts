import { type Agent, type Message, type Model, type Tool, type Workbench } from '@junctor/agent'
import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { hasCode, JunctorError } from '@junctor/errors'
import { windowHistory, type TurnEvent, type TurnOptions, type TurnResult } from '@junctor/runtime'
import type { SkillFolder } from '@junctor/skills'
import type { AgentStore, InboxMessage, Session, TranscriptMessage, Work } from '@junctor/store'
import { parseMessage, parseRoute } from './envelopes.ts'
import { charged } from './budget/charging.ts'
import type { Ledger } from './budget/ledger.ts'
import { withFallbacks, type FallbackModel } from './fallbacks.ts'
import { parseInternal } from './internal/internal-message.ts'
import { mailOf } from './mail.ts'
import type { Prompts, SystemPrompt } from './prompts.ts'
import { describeRoute } from './routes.ts'
import { sessionModel } from './session-model.ts'
import type { PreparedAgent, Snapshot } from './snapshot.ts'
import type { AgentSkills, TurnSkills } from './skills/agent-skills.ts'
import type { SandboxConfig } from './skills/places.ts'
import type { SubagentTerms } from './subagents/terms.ts'
import type { Writer } from './tool-policy/elevation.ts'
import { toolPlace } from './tool-policy/place.ts'
import type { createTurnGates, TurnFacts } from './tool-policy/turn-gate.ts'
import { gatherTools, type ToolSource } from './tool-source.ts'
import { openOnce } from './turn-workbench.ts'

/** Where models come from. */
export interface ModelSource {
  /**
   * The model as this agent calls it, with the agent's own credentials. `config` is the one that names the model: turns that
   * run on after a reload still ask with theirs. Throws `ModelError` when no provider serves the id.
   */
  resolve(id: string, config: Config, agent: Agent): Model
  /** Why a call would fail now, as far as that can be told without making one. Default: what `resolve` throws. */
  problem?(id: string, config: Config, agent: Agent): Promise<string | undefined>
}

export interface WorkbenchRequest {
  readonly agent: Agent
  readonly sessionKey: string
  /** What the sandbox of this session has to be. Undefined: it works on the host. */
  readonly sandbox: SandboxConfig | undefined
  /**
   * Skills that lie outside of what the session sees: to be shown to it, each for reading alone, on the host where they are and
   * in a sandbox as `/skills/<name>`. Default: what it was shown before stays.
   */
  readonly skills?: readonly SkillFolder[]
  /** What commands there get besides, for as long as the workbench is used. Default: nothing. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Where workbenches come from. Asked once a turn, when a tool first needs one. */
export interface WorkbenchSource {
  /** Throws `WorkbenchError`, `UNAVAILABLE` where the sandbox that is asked for cannot be had. */
  open(request: WorkbenchRequest): Promise<Workbench>
}

/** Where a turn runs. */
export interface TurnPlace {
  readonly runtime: Config['agents']['list'][number]['runtime']
  readonly workbench: WorkbenchRequest
}

/** What runs turns, where not all of them run in the gateway itself. */
export interface TurnRunner {
  /** As `runTurn` of `@junctor/runtime`. Rejects with `PROCESS_ENDED` when the agent's process ends meanwhile. */
  run(turn: TurnOptions, place: TurnPlace): Promise<TurnResult>
  /** Ends the process of an agent, if it has one; its next turn starts another. */
  restart(agentId: string): Promise<void>
}

export interface AgentRunOptions {
  readonly store: AgentStore
  readonly work: Work
  readonly first: InboxMessage
  /** As it was when the lane was claimed. */
  readonly session: Session | undefined
  /** What was said before belongs to another conversation: this is the id of the new one. */
  readonly newSessionId: string | undefined
  readonly turnId: string
  readonly input: readonly Message[]
  /** Messages that came while the turn ran. */
  readonly incoming: () => Promise<readonly Message[]>
  readonly prepared: PreparedAgent
  /** Of a session that another one started. */
  readonly subagent: SubagentTerms | undefined
  readonly snapshot: Snapshot
  readonly models: ModelSource
  /** Where the agent's calls are paid from, where it has a budget. */
  readonly ledger: Ledger
  readonly tools: readonly Tool[]
  readonly toolSources: readonly ToolSource[]
  readonly toolsOf: ReturnType<typeof createTurnGates>
  /** Who wrote the messages of the turn, so far. */
  readonly writers: () => readonly (Writer | undefined)[]
  readonly workbenches: WorkbenchSource | undefined
  readonly prompts: Prompts
  readonly runner: TurnRunner
  readonly skills: AgentSkills
  readonly emit: (event: TurnEvent) => void
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface AgentRun {
  readonly result: TurnResult
  /** The id of the model that answered. */
  readonly model: string
}

/** Gathers what a turn needs (history, prompt, model) and runs it. A prompt or model that cannot be had is a failed turn. */
export async function runAgent(options: AgentRunOptions): Promise<AgentRun> {
  const { store, work, first, newSessionId, turnId, input, prepared, snapshot, subagent } = options
  const session = newSessionId === undefined ? options.session : undefined
  const { agent, limits } = prepared
  const { sessionKey } = work.lease
  const { place } = mailOf(first)
  const route = parseRoute(first.trace)

  const window = { limit: limits.historyMessages, current: true }
  const rows = newSessionId === undefined ? await store.transcript(sessionKey, window) : []
  const chosen = sessionModel(snapshot.config, prepared, options.session)
  const preferred = chosen.model ?? subagent?.model
  let model: FallbackModel
  let system: SystemPrompt
  let skills: TurnSkills
  const toolsAt = {
    ...toolPlace(snapshot.admission, first, sessionKey, preferred),
    ...(subagent === undefined ? {} : { parent: subagent.parent }),
  }
  const request = { agent, sessionKey, sandbox: prepared.sandbox(sessionKey) }
  const { workbenches } = options
  try {
    model = modelOf(options, preferred ?? agent.model)
    skills = await options.skills.ofTurn({
      config: snapshot.config,
      prepared,
      sandbox: request.sandbox,
      gate: prepared.gate(toolsAt),
      open: workbenches && openOnce(workbenches, request),
    })
    system = await options.prompts.build(prepared, sessionKey, place, skills.section)
  } catch (error) {
    if (JunctorError.isInstance(error))
      return { result: failedResult(agent.model, input, error), model: agent.model }
    throw error
  }
  const { folders, environment } = skills
  const workbench = { ...request, skills: folders, environment }
  const found = await gatherTools(options.tools, options.toolSources, {
    agent,
    config: snapshot.config,
    sessionKey,
    isSandboxed: request.sandbox !== undefined,
    signal: options.signal,
  })
  const origin = parseInternal(first.body)?.origin
  const facts: TurnFacts = {
    prepared,
    place: toolsAt,
    writers: options.writers,
    cause: mailOf(work.messages.at(-1) ?? first),
    attempt: { messageId: first.id, attempt: first.attempt },
    wordOn: origin?.kind === 'approval' ? origin.approvalId : undefined,
    isElevated: options.session?.settings['elevated'] === 'on',
  }
  const tools = options.toolsOf(facts, found.tools)
  const turn: TurnOptions = {
    turnId,
    agent,
    sessionKey,
    model,
    ...tools,
    history: windowHistory(rows.map(toMessage), limits.historyMessages),
    input,
    incoming: options.incoming,
    resume: work.calls,
    system: system.text,
    context: {
      agentId: agent.id,
      agentName: agent.name,
      sessionKey,
      tier: route?.tier ?? '',
      binding: route === undefined ? '' : describeRoute(route, snapshot.routing),
    },
    session: {
      sessionKey,
      sessionId: newSessionId ?? session?.sessionId ?? null,
      turns: session?.turns ?? 0,
      inputTokens: session?.inputTokens ?? 0,
      outputTokens: session?.outputTokens ?? 0,
      channel: first.reference.channel,
      accountId: first.reference.accountId,
    },
    ...(workbenches === undefined
      ? {}
      : {
          workbench: openOnce(workbenches, workbench),
          elevatedWorkbench: openOnce(workbenches, { ...workbench, sandbox: undefined }),
        }),
    limits,
    signal: options.signal,
    emit: options.emit,
    journal: (call) => store.journal(work.lease, call),
  }
  const where = { runtime: prepared.runtime, workbench }
  const result = await options.runner.run(turn, where).catch((error: unknown) => {
    if (hasCode(error, 'PROCESS_ENDED', 'NO_ISOLATION'))
      return failedResult(model.asked(), input, error)
    throw error
  })
  const notes = [...system.notes, ...skills.notes, ...found.notes, ...refusedModel(chosen.refused)]
  return { result: withNotes(result, notes), model: model.asked() }
}

/** A model that the session may no longer use is not passed over in silence. */
function refusedModel(refused: string | undefined): readonly string[] {
  if (refused === undefined) return []
  return [
    `this session's model ${refused} is no longer one that the config allows: the agent's own was asked`,
  ]
}

function withNotes(result: TurnResult, notes: readonly string[]): TurnResult {
  return { ...result, trace: { ...result.trace, notes: [...notes, ...result.trace.notes] } }
}

/** The model of the session and those that stand in for it. One that cannot be had is left out while another can. */
function modelOf(
  { prepared, snapshot, models, ledger, log }: AgentRunOptions,
  preferred: string,
): FallbackModel {
  const { agent, fallbacks } = prepared
  const { config } = snapshot
  const found: Model[] = []
  let missing: unknown
  for (const id of new Set([preferred, ...fallbacks]))
    try {
      found.push(charged(models.resolve(id, config, agent), prepared, config.models.prices, ledger))
    } catch (error) {
      missing ??= error
    }
  const [first, ...others] = found
  if (first === undefined) throw missing
  return withFallbacks([first, ...others], (failed, next, reason) => {
    log.warn(
      { agentId: agent.id, failed, next },
      `model ${failed} failed, asking ${next}: ${reason}`,
    )
  })
}

function toMessage({ role, parts }: TranscriptMessage): Message {
  return parseMessage(role, parts)
}

/** The result of a turn that never reached its model. */
export function failedResult(
  model: string,
  input: readonly Message[],
  error: JunctorError,
): TurnResult {
  return {
    outcome: 'failed',
    messages: input,
    text: '',
    usage: { inputTokens: 0, outputTokens: 0 },
    trace: {
      model,
      toolsOffered: [],
      toolsDenied: [],
      calls: [],
      modelCalls: 0,
      stopReason: null,
      notes: [],
      error: { code: error.code, message: error.message },
    },
    error,
  }
}
