import {
  WorkbenchError,
  type Tool,
  type ToolCallPart,
  type ToolContext,
  type ToolResultPart,
} from '@junctor/agent'
import { hasCode } from '@junctor/errors'
import { callFingerprint } from './once-calls.ts'
import { deadline, untilAborted } from './race.ts'
import { findInputProblem } from './tool-input.ts'
import { toModelText } from './tool-output.ts'
import type { EmitTurnEvent } from './turn-event.ts'
import type { Admission, OnceCall, TracedCall, TurnOptions } from './turn.ts'

export interface ToolRunner {
  /** In order. Whatever happened before and during. */
  readonly calls: readonly TracedCall[]
  /** True once a call was refused for being over the limit. */
  readonly exhausted: boolean
  /** The `once` calls of a lost attempt, as far as is known how they ended. */
  readonly resumed: readonly OnceCall[]
  /** Asks the tools that know their calls by id how those of the lost attempt ended. Rejects as `run` does. */
  resume(): Promise<void>
  /** Rejects when the turn is stopped or the journal fails; every other fault is a result. */
  run(call: ToolCallPart): Promise<ToolResultPart>
  /** The result of a call that the end of the turn overtook. */
  settle(call: ToolCallPart): ToolResultPart
}

interface Result extends Pick<ToolResultPart, 'status' | 'output'> {
  readonly traced?: Pick<TracedCall, 'layer' | 'rule' | 'elevated'>
}

/** The one gate that every tool call of a turn goes through. */
export function createToolRunner(
  options: TurnOptions,
  signal: AbortSignal,
  emit: EmitTurnEvent,
  now: () => number,
): ToolRunner {
  const { turnId, agent, sessionKey, session, limits, gate } = options
  const { workbench = noWorkbench, elevatedWorkbench = noWorkbench } = options
  const tools = new Map(options.tools.map((tool) => [tool.name, tool]))
  const resumed = [...(options.resume ?? [])]
  const calls: TracedCall[] = resumed.map(toTracedCall)
  const unknown = new Set(
    resumed
      .filter((call) => call.result === undefined)
      .map((c) => callFingerprint(c.name, c.input)),
  )
  let count = 0
  let exhausted = false
  let running: { readonly callId: string; readonly startedAt: number } | undefined

  const refuse = (call: ToolCallPart, tool: Tool | undefined): Result | undefined => {
    const verdict = gate.check(call.name)
    if (!verdict.allowed) {
      return denial(deniedText(call.name, verdict), verdict)
    }
    if (tool === undefined) {
      const names = options.tools.filter(({ name }) => gate.check(name).allowed)
      return failure(
        `There is no tool "${call.name}". There are: ${names.map(({ name }) => name).join(', ')}.`,
      )
    }
    if (count > limits.maxToolCalls) {
      exhausted = true
      return failure(
        `Not run: this turn may make ${limits.maxToolCalls} tool calls, and made them. Answer now, without tools.`,
      )
    }
    if (unknown.size > 0 && unknown.has(callFingerprint(call.name, call.input))) {
      return { status: 'unknown', output: repeatedText }
    }
    const problem = findInputProblem(tool.inputSchema, call.input)
    return problem === undefined ? undefined : failure(`Not run: ${problem}.`)
  }

  const execute = async (
    call: ToolCallPart,
    tool: Tool,
    place: ToolContext['workbench'],
  ): Promise<Result> => {
    const ms = tool.timeoutMs ?? limits.toolTimeoutMs
    using limit = deadline(signal, ms, () => new Error(`No result within ${ms} ms`))
    const context: ToolContext = {
      agent,
      sessionKey,
      turnId,
      callId: call.callId,
      signal: limit.signal,
      session,
      workbench: place,
    }
    try {
      const output: unknown = await untilAborted(start(tool, call, context), limit.signal)
      if (typeof output !== 'string') return failure(`The tool "${tool.name}" returned no text.`)
      return { status: 'ok', output }
    } catch (error) {
      if (signal.aborted) throw error
      if (hasCode(error, 'CALL_DENIED'))
        return denial(error.message, { allowed: false, rule: String(error.details['rule'] ?? '') })
      if (limit.expired === undefined)
        return failure(error instanceof Error ? error.message : String(error))
      if (!isOnce(tool)) return failure(`No result within ${ms} ms; the call was stopped.`)
      unknown.add(callFingerprint(call.name, call.input))
      return { status: 'unknown', output: `No result within ${ms} ms. ${unknownText}` }
    }
  }

  const admit = async ({ callId, name, input }: ToolCallPart): Promise<Admission> =>
    gate.admit === undefined ? { allowed: true } : gate.admit({ callId, name, input })

  const journal = async (entry: OnceCall): Promise<void> => {
    if (options.journal !== undefined) await untilAborted(options.journal(entry), signal)
  }

  const runAllowed = async (call: ToolCallPart, tool: Tool): Promise<Result> => {
    const { callId, name, input } = call
    const admission = await untilAborted(admit(call), signal)
    if (!admission.allowed) return denial(admission.output, admission)
    const { elevated = false, rule } = admission
    const traced = {
      ...(elevated ? ({ elevated } as const) : {}),
      ...(rule === undefined ? {} : { rule }),
    }
    if (isOnce(tool)) await journal({ callId, name, input })
    signal.throwIfAborted()
    running = { callId, startedAt: now() }
    emit({ type: 'turn:tool-started', turnId, callId, name, input })
    const place = elevated ? elevatedWorkbench : workbench
    const { status, output, traced: denied } = await execute(call, tool, place)
    const text = toModelText(output, limits.maxToolOutputLength ?? defaultMaxOutputLength)
    if (isOnce(tool) && (status === 'ok' || status === 'error')) {
      await journal({ callId, name, input, result: { status, output: text } })
    }
    return { status, output: text, traced: { ...traced, ...denied } }
  }

  const end = ({ callId, name }: ToolCallPart, status: Result['status']): TracedCall => {
    const ms = running?.callId === callId ? now() - running.startedAt : 0
    running = undefined
    emit({ type: 'turn:tool-ended', turnId, callId, name, status, ms })
    return { name, ms, status }
  }

  const close = (call: ToolCallPart, { status, output, traced }: Result): ToolResultPart => {
    calls.push({ ...end(call, status), ...traced })
    return { type: 'tool-result', callId: call.callId, name: call.name, status, output }
  }

  return {
    calls,
    resumed,
    async resume() {
      for (const [index, { result, ...call }] of resumed.entries()) {
        const tool = tools.get(call.name)
        if (result !== undefined || tool?.once !== 'by call id' || !gate.check(call.name).allowed)
          continue
        const part = { type: 'tool-call', ...call } as const
        const { status, output } = await runAllowed(part, tool)
        calls[index] = { ...end(part, status), resumed: true }
        if (status !== 'ok' && status !== 'error') continue
        resumed[index] = { ...call, result: { status, output } }
        unknown.delete(callFingerprint(call.name, call.input))
      }
    },
    get exhausted() {
      return exhausted
    },
    async run(call) {
      count += 1
      const tool = tools.get(call.name)
      const refused = refuse(call, tool)
      if (refused !== undefined || tool === undefined) {
        return close(call, refused ?? failure('Not run.'))
      }
      return close(call, await runAllowed(call, tool))
    },
    settle(call) {
      if (running?.callId !== call.callId) {
        return close(call, failure('Not run: the turn ended before.'))
      }
      if (!isOnce(tools.get(call.name))) {
        return close(call, failure('Stopped: the turn ended before there was a result.'))
      }
      return close(call, { status: 'unknown', output: `The turn ended. ${unknownText}` })
    },
  }
}

async function start(tool: Tool, call: ToolCallPart, context: ToolContext): Promise<unknown> {
  return tool.run(call.input, context)
}

async function noWorkbench(): Promise<never> {
  throw new WorkbenchError('UNAVAILABLE', 'This agent has no place to run commands or keep files.')
}

function isOnce(tool: Tool | undefined): boolean {
  return tool?.once !== undefined && tool.once !== false
}

function failure(output: string): Result {
  return { status: 'error', output }
}

function denial(output: string, { layer, rule }: ReturnType<TurnOptions['gate']['check']>): Result {
  const traced = {
    ...(layer === undefined ? {} : { layer }),
    ...(rule === undefined ? {} : { rule }),
  }
  return { status: 'denied', output, traced }
}

function deniedText(name: string, verdict: ReturnType<TurnOptions['gate']['check']>): string {
  const reasons = [verdict.layer, verdict.rule].filter((reason) => reason !== undefined)
  const why = reasons.length === 0 ? '' : ` (${reasons.join(': ')})`
  return `The tool "${name}" is denied to this agent${why}. It was not run; go on without it.`
}

function toTracedCall({ name, result }: OnceCall): TracedCall {
  return { name, ms: 0, status: result?.status ?? 'unknown', resumed: true }
}

const defaultMaxOutputLength = 30_000
const unknownText = 'Nobody knows whether it took effect; it will not be repeated in this turn.'
const repeatedText = `Not run: the same call was made before and gave no result. ${unknownText}`
