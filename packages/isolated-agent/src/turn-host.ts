import { WorkbenchError, type JsonValue, type ModelRequest } from '@junctor/agent'
import { JunctorError } from '@junctor/errors'
import type { Handler } from '@junctor/isolation'
import {
  RuntimeError,
  type Admission,
  type OnceCall,
  type TurnOptions,
  type TurnResult,
} from '@junctor/runtime'
import { createModelRelay } from './model-relay.ts'
import type { WiredEvent, WiredResult } from './turn-spec.ts'

/** What a turn may ask for while another process runs it, and what its answer means here. */
export interface TurnHost {
  readonly handlers: { readonly [method: string]: Handler }
  toResult(wired: WiredResult): TurnResult
}

export function createTurnHost(turn: TurnOptions): TurnHost {
  const { turnId, agent, sessionKey, session } = turn
  const relay = createModelRelay(turn.model, turn.signal)
  const tools = new Map(turn.tools.map((tool) => [tool.name, tool]))
  /** Calls that the gate has admitted and that have not run yet, as they were. */
  const admitted = new Map<string, string>()
  let text = ''

  const emit = (event: WiredEvent): void => {
    if (event.type !== 'turn:text') return turn.emit?.(event)
    text = event.isFirst ? event.delta : text + event.delta
    turn.emit?.({ type: 'turn:text', turnId, delta: event.delta, text })
  }

  const admit = async (call: AdmittedCall): Promise<Admission> => {
    const isAllowed = tools.has(call.name) && turn.gate.check(call.name).allowed
    if (!isAllowed) throw notToRun(call.name)
    const admission = (await turn.gate.admit?.(call)) ?? { allowed: true }
    if (admission.allowed) admitted.set(call.callId, digestOf(call))
    return admission
  }

  return {
    handlers: {
      'model.open': ([request]) => relay.open(request as ModelRequest),
      'model.next': ([call]) => relay.next(Number(call)),
      'model.abort': ([call]) => relay.abort(Number(call)),
      emit: ([event]) => emit(event as WiredEvent),
      incoming: () => turn.incoming?.(),
      journal: ([call]) => turn.journal?.(call as OnceCall),
      admit: ([call]) => admit(call as AdmittedCall),
      'tool.run'([name, input, callId], signal) {
        const tool = tools.get(String(name))
        const call = { callId: String(callId), name: String(name), input: input as JsonValue }
        // The gate has spoken of this very call; a process that was talked round finds it here too.
        if (tool === undefined || admitted.get(call.callId) !== digestOf(call))
          throw notToRun(call.name)
        admitted.delete(call.callId)
        return tool.run(input as JsonValue, {
          agent,
          sessionKey,
          turnId,
          callId: String(callId),
          signal,
          session,
          workbench: turn.workbench ?? noWorkbench,
        })
      },
    },
    toResult({ error, ...wired }) {
      const { trace } = wired
      const result = { ...wired, trace: { ...trace, notes: [...relay.notes(), ...trace.notes] } }
      if (error === undefined) return result
      const failure = relay.failure()
      const isModels = JunctorError.isInstance(failure) && failure.code === error.code
      return { ...result, error: isModels ? failure : toError(error) }
    },
  }
}

type AdmittedCall = Pick<OnceCall, 'callId' | 'name' | 'input'>

function digestOf({ name, input }: AdmittedCall): string {
  return JSON.stringify([name, input])
}

function notToRun(name: string): TypeError {
  return new TypeError(`The tool "${name}" is not this turn's to run.`)
}

function toError({ code, message }: NonNullable<WiredResult['error']>): JunctorError {
  return runtimeCodes.has(code)
    ? new RuntimeError(code as RuntimeError['code'], message)
    : new JunctorError(code, message)
}

const runtimeCodes: ReadonlySet<string> = new Set<RuntimeError['code']>([
  'TURN_TIMEOUT',
  'TOOL_LIMIT',
  'OUTPUT_LIMIT',
  'REFUSED',
  'INVALID_TOOLS',
  'PROMPT_FILE_REFUSED',
])

async function noWorkbench(): Promise<never> {
  throw new WorkbenchError('UNAVAILABLE', 'This agent has no place to run commands or keep files.')
}
