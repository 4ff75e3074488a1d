import {
  ModelError,
  type Message,
  type Tool,
  type ToolResultPart,
  type Usage,
} from '@junctor/agent'
import { JunctorError } from '@junctor/errors'
import { makeCallIdsUnique } from './call-ids.ts'
import { RuntimeError } from './errors.ts'
import { emptyAnswer, providerOf, readAnswer, type ModelAnswer } from './model-call.ts'
import { toResumedMessages } from './once-calls.ts'
import { deadline, untilAborted } from './race.ts'
import { createToolRunner, type ToolRunner } from './tool-runner.ts'
import { toSafeEmit } from './turn-event.ts'
import type { TurnOptions, TurnResult, TurnTrace } from './turn.ts'

/**
 * One run of an agent: asks the model, runs the tools it calls one after the other, and asks again until it answers.
 * Writes nothing: the caller commits the result, or tries again.
 *
 * Rejects with the signal's reason when it aborts, with the journal's error when a call could not be written down, with
 * that of `incoming`, and with `RuntimeError` (`INVALID_TOOLS`). Everything else ends in a result.
 */
export async function runTurn(options: TurnOptions): Promise<TurnResult> {
  const { turnId, agent, sessionKey, model, limits, signal } = options
  signal.throwIfAborted()
  refuseSameNames(options.tools)
  const now = options.now ?? performanceNow
  const emit = toSafeEmit(options.emit)
  const startedAt = now()
  const end = (outcome: TurnResult['outcome'] | 'aborted'): void => {
    emit({ type: 'turn:ended', turnId, outcome, ms: now() - startedAt })
  }

  using time = deadline(signal, limits.turnTimeoutMs, () => turnTimeout(limits.turnTimeoutMs))
  const runner = createToolRunner(options, time.signal, emit, now)
  const turn = startTurn(options)
  emit({ type: 'turn:started', turnId, agentId: agent.id, sessionKey, model: model.id })
  try {
    try {
      await runner.resume()
    } finally {
      turn.messages.push(...toResumedMessages(runner.resumed))
    }
    await converse(options, turn, runner, time.signal, (delta, text) => {
      emit({ type: 'turn:text', turnId, delta, text })
    })
  } catch (error) {
    if (time.expired === undefined) {
      end('aborted')
      throw signal.aborted ? signal.reason : error
    }
    turn.error = time.expired
  }
  const result = toResult(options, turn, runner)
  end(result.outcome)
  return result
}

/** What a turn has come to so far. */
interface Turn {
  readonly offered: readonly Tool[]
  readonly denied: TurnTrace['toolsDenied']
  readonly messages: Message[]
  readonly notes: string[]
  answer: ModelAnswer
  text: string
  modelCalls: number
  usage: Usage
  error: JunctorError | undefined
}

function startTurn({ tools, gate, input }: TurnOptions): Turn {
  const offered: Tool[] = []
  const denied: { name: string; layer: string | null; rule: string | null }[] = []
  for (const tool of tools) {
    const { allowed, layer, rule } = gate.check(tool.name)
    if (allowed) offered.push(tool)
    else denied.push({ name: tool.name, layer: layer ?? null, rule: rule ?? null })
  }
  return {
    offered,
    denied,
    messages: [...input],
    notes: [],
    answer: emptyAnswer(),
    text: '',
    modelCalls: 0,
    usage: { inputTokens: 0, outputTokens: 0 },
    error: undefined,
  }
}

/** Model calls and tool rounds, until there is an answer or an error in `turn`. */
async function converse(
  options: TurnOptions,
  turn: Turn,
  runner: ToolRunner,
  signal: AbortSignal,
  onText: (delta: string, text: string) => void,
): Promise<void> {
  const { model, system, context, history, limits } = options
  // Each call of a turn may say the same.
  const note = (text: string): void => {
    if (!turn.notes.includes(text)) turn.notes.push(text)
  }
  for (;;) {
    const mayCallTools = !runner.exhausted
    const messages = [...history, ...turn.messages]
    const answer = emptyAnswer()
    const request = {
      system,
      messages,
      tools: turn.offered,
      ...(mayCallTools ? {} : { toolChoice: 'none' as const }),
      maxOutputTokens: limits.maxOutputTokens,
      context,
    }
    turn.answer = answer
    turn.modelCalls += 1
    try {
      await untilAborted(readAnswer(answer, model, request, signal, onText, note), signal)
    } catch (error) {
      if (signal.aborted) throw error
      turn.error = toModelError(error, options)
      return
    }
    turn.usage = addUsage(turn.usage, answer.usage)
    if (answer.text.trim() !== '') turn.text = answer.text
    if (answer.calls.length === 0 || answer.stopReason === 'refusal' || !mayCallTools) {
      conclude(turn, limits, mayCallTools)
      return
    }
    makeCallIdsUnique(answer, messages, options.turnId)
    await runRound(turn, runner)
    if (options.incoming !== undefined) turn.messages.push(...(await options.incoming()))
  }
}

/** Runs the calls in order. However it ends, each of them is answered in the messages. */
async function runRound(turn: Turn, runner: ToolRunner): Promise<void> {
  const { parts, calls } = turn.answer
  const results: ToolResultPart[] = []
  turn.messages.push({ role: 'assistant', parts }, { role: 'tool', parts: results })
  try {
    for (const call of calls) results.push(await runner.run(call))
  } finally {
    for (const call of calls.slice(results.length)) results.push(runner.settle(call))
  }
}

/** Takes the last model call's answer into the messages and says what is odd about it. */
function conclude(turn: Turn, limits: TurnOptions['limits'], mayCallTools: boolean): void {
  const { answer, notes } = turn
  const parts = answer.parts.filter(({ type }) => type !== 'tool-call')
  const isBlank = answer.text.trim() === ''
  if (!isBlank) turn.messages.push({ role: 'assistant', parts })
  else if (turn.text !== '')
    notes.push('the last model call wrote nothing; the text before it is the answer')
  if (!mayCallTools)
    notes.push(`asked without tools after limits.maxToolCalls (${limits.maxToolCalls})`)
  if (answer.stopReason === 'refusal') notes.push('the provider declined to go on')
  if (answer.stopReason === 'max-tokens')
    notes.push(`cut at limits.maxOutputTokens (${limits.maxOutputTokens})`)
  if (turn.text === '') turn.error = missingAnswer(answer, limits)
}

/** Why there is no text; undefined when the model chose to say nothing. */
function missingAnswer(
  answer: ModelAnswer,
  limits: TurnOptions['limits'],
): RuntimeError | undefined {
  if (answer.stopReason === 'refusal') {
    return new RuntimeError('REFUSED', 'The model provider declined to answer and gave no text')
  }
  if (answer.stopReason === 'max-tokens') {
    return new RuntimeError(
      'OUTPUT_LIMIT',
      `The model used up its ${limits.maxOutputTokens} output tokens before it wrote an answer; raise limits.maxOutputTokens`,
    )
  }
  if (answer.calls.length === 0) return undefined
  return new RuntimeError(
    'TOOL_LIMIT',
    `The model made ${limits.maxToolCalls} tool calls, asked for more and gave no answer without them; raise limits.maxToolCalls`,
  )
}

function toResult(options: TurnOptions, turn: Turn, runner: ToolRunner): TurnResult {
  const { answer, error } = turn
  const text = error === undefined ? turn.text : ''
  const trace: TurnTrace = {
    model: options.model.id,
    toolsOffered: turn.offered.map(({ name }) => name),
    toolsDenied: turn.denied,
    calls: runner.calls,
    modelCalls: turn.modelCalls,
    stopReason: answer.stopReason ?? null,
    notes: turn.notes,
    ...(error !== undefined && answer.text !== '' && { partialText: answer.text }),
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
  }
  const { messages, usage } = turn
  if (error !== undefined) return { outcome: 'failed', messages, text, usage, trace, error }
  return { outcome: text === '' ? 'silent' : 'answered', messages, text, usage, trace }
}

function addUsage(sum: Usage, usage: Usage | undefined): Usage {
  if (usage === undefined) return sum
  const cached = (sum.cachedInputTokens ?? 0) + (usage.cachedInputTokens ?? 0)
  return {
    inputTokens: sum.inputTokens + usage.inputTokens,
    outputTokens: sum.outputTokens + usage.outputTokens,
    ...(cached > 0 && { cachedInputTokens: cached }),
  }
}

function toModelError(error: unknown, { model }: TurnOptions): JunctorError {
  if (JunctorError.isInstance(error)) return error
  const problem = error instanceof Error ? error.message : String(error)
  return new ModelError(
    providerOf(model),
    'STREAM_FAILED',
    `The model "${model.id}" failed: ${problem}`,
    { cause: error },
  )
}

function turnTimeout(ms: number): RuntimeError {
  return new RuntimeError(
    'TURN_TIMEOUT',
    `The turn was stopped after ${ms} ms; raise limits.turnTimeoutMs if it needs more`,
  )
}

function refuseSameNames(tools: readonly Tool[]): void {
  const names = new Set<string>()
  for (const { name } of tools) {
    if (names.has(name)) {
      throw new RuntimeError(
        'INVALID_TOOLS',
        `Two tools are named "${name}"; leave one of them out`,
      )
    }
    names.add(name)
  }
}

function performanceNow(): number {
  return performance.now()
}
