import type {
  Agent,
  JsonObject,
  JsonValue,
  Message,
  Model,
  StopReason,
  Tool,
  ToolContext,
  ToolResultPart,
  Usage,
} from '@junctor/agent'
import type { JunctorError } from '@junctor/errors'
import type { EmitTurnEvent } from './turn-event.ts'

/** Says which tools this turn may use, and which calls of them may run. A policy of `@junctor/tool-policy` is one. */
export interface ToolGate {
  /** Asked for what is offered, and again for each call. */
  check(name: string): {
    readonly allowed: boolean
    readonly layer?: string | undefined
    readonly rule?: string | undefined
  }
  /**
   * Asked for each call that `check` lets pass and whose input is in order, right before it runs. When it rejects, so does
   * the turn. Default: every such call may run.
   */
  admit?(call: Pick<OnceCall, 'callId' | 'name' | 'input'>): Promise<Admission>
}

/** Whether one call may run. */
export type Admission =
  | {
      readonly allowed: true
      /** It works in `TurnOptions.elevatedWorkbench`. */
      readonly elevated?: boolean
      /** Why it may, for the trace. */
      readonly rule?: string
    }
  | {
      readonly allowed: false
      readonly layer: string
      readonly rule: string
      /** What the model reads as the call's result. */
      readonly output: string
    }

/** A call of a tool that must not run twice. Without `result` its outcome is unknown. */
export interface OnceCall {
  readonly callId: string
  readonly name: string
  readonly input: JsonValue
  readonly result?: { readonly status: 'ok' | 'error'; readonly output: string }
}

export interface TurnLimits {
  /** Calls that one turn may make, refused ones included. Then the model is asked once more, without tools. */
  readonly maxToolCalls: number
  readonly turnTimeoutMs: number
  /** For tools that state no time of their own. */
  readonly toolTimeoutMs: number
  /** Of each model call. */
  readonly maxOutputTokens: number
  /** UTF-16 units of a tool's output that the model gets to read. Default: 30,000. */
  readonly maxToolOutputLength?: number
}

export interface TurnOptions {
  readonly turnId: string
  readonly agent: Agent
  readonly sessionKey: string
  readonly model: Model
  readonly tools: readonly Tool[]
  readonly gate: ToolGate
  /** What was said before, oldest first; see `windowHistory`. */
  readonly history: readonly Message[]
  /** The new user messages. */
  readonly input: readonly Message[]
  /**
   * Asked after each round of tool calls, before the model is asked again: further user messages, which go to it after the
   * results. Not cut off by a time limit. When it rejects, so does the turn.
   */
  readonly incoming?: () => Promise<readonly Message[]>
  /** `once` calls that a lost attempt of this turn had begun, in order. They are shown to the model, not run again. */
  readonly resume?: readonly OnceCall[]
  readonly system: string
  /** Handed to the model as it is, see `ModelRequest.context`. */
  readonly context: { readonly [key: string]: string }
  /** Facts about the session, for tools that report them. */
  readonly session: JsonObject
  /** Handed to tools as it is, see `ToolContext.workbench`. Default: there is none, and tools that need one say so. */
  readonly workbench?: ToolContext['workbench']
  /** In the place of `workbench` for calls that the gate admits as elevated. Default: such calls find none. */
  readonly elevatedWorkbench?: ToolContext['workbench']
  readonly limits: TurnLimits
  /** Aborting rejects `runTurn` at once with the signal's reason. */
  readonly signal: AbortSignal
  readonly emit?: EmitTurnEvent
  /**
   * Awaited before a `once` call runs and again with its result. When it rejects, so does the turn. A call that was cut off
   * by a time limit gets no second entry: its outcome is unknown.
   */
  readonly journal?: (call: OnceCall) => Promise<void>
  /** Milliseconds, for measuring. Default: `performance.now`. */
  readonly now?: () => number
}

/** A type alias, so that it is a `JsonValue` and fits a store's column. */
export type TurnTrace = {
  readonly model: string
  readonly toolsOffered: readonly string[]
  readonly toolsDenied: readonly {
    readonly name: string
    readonly layer: string | null
    readonly rule: string | null
  }[]
  readonly calls: readonly TracedCall[]
  readonly modelCalls: number
  /** Of the last model call; null when it did not end. */
  readonly stopReason: StopReason | null
  /** What a reader of the answer should know: it was cut, tools were withheld, … */
  readonly notes: readonly string[]
  /** What a failed model call had written before it failed. */
  readonly partialText?: string
  readonly error?: { readonly code: string; readonly message: string }
}

export type TracedCall = {
  readonly name: string
  readonly ms: number
  readonly status: ToolResultPart['status']
  /** True for a call of a lost attempt, which this turn did not run. */
  readonly resumed?: true
  /** Why it was denied, or why this very call might run. */
  readonly layer?: string
  readonly rule?: string
  /** It worked outside of the sandbox. */
  readonly elevated?: true
}

export interface TurnResult {
  /** `silent`: the model chose to say nothing. `failed`: `error` says why, and the caller decides whether to try again. */
  readonly outcome: 'answered' | 'silent' | 'failed'
  /**
   * Everything to append to the transcript: the input, resumed calls, tool rounds, the answer. Every tool call in it is
   * answered, so the transcript stays acceptable to every provider, also after a failure.
   */
  readonly messages: readonly Message[]
  /** The answer. Empty unless the outcome is `answered`. */
  readonly text: string
  readonly usage: Usage
  readonly trace: TurnTrace
  /** Present when, and only when, the outcome is `failed`. */
  readonly error?: JunctorError
}
