import type { Agent } from './agent.ts'
import type { JsonObject, JsonValue } from './message.ts'
import type { Workbench } from './workbench.ts'

/** What the model sees of a tool. */
export interface ToolSpec {
  readonly name: string
  readonly description: string
  /** JSON Schema of the input object. */
  readonly inputSchema: JsonObject
}

/** What a call knows about where it runs. Holds no secrets. */
export interface ToolContext {
  readonly agent: Agent
  readonly sessionKey: string
  readonly turnId: string
  readonly callId: string
  /** Aborts with the turn or when the call's time is up. */
  readonly signal: AbortSignal
  /** Facts about the session, for tools that report them. */
  readonly session: JsonObject
  /**
   * Where this session's commands run and its files are. A sandbox is started when it is first asked for. Rejects with
   * `WorkbenchError` (`UNAVAILABLE`) where it cannot be had: the call fails then, it never moves to the host.
   */
  readonly workbench: () => Promise<Workbench>
}

export interface Tool extends ToolSpec {
  /**
   * True when running it twice does harm. Such a call is written down before it runs; after a crash it is not repeated
   * and its outcome is `unknown` in the transcript. `by call id`: the tool itself knows a call that it was given before, so
   * after a crash it is given the call again, under the same id, and says how it ended.
   */
  readonly once?: boolean | 'by call id'
  /** Default: the turn's own limit for one tool call. */
  readonly timeoutMs?: number
  /** The result as the model reads it. A thrown error becomes an `error` result with its message. */
  run(input: JsonValue, context: ToolContext): Promise<string>
}
