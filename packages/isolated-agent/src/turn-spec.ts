import type { Agent, JsonObject, Message, Tool, ToolSpec } from '@junctor/agent'
import type { OnceCall, TurnEvent, TurnLimits, TurnOptions, TurnResult } from '@junctor/runtime'

/** What an agent's module opens workbenches from. */
export interface Places {
  readonly place?: unknown
  /** In its place for calls that the gate admits as elevated. */
  readonly elevatedPlace?: unknown
}

/** What an agent's process is told of a tool. */
export interface WiredTool extends ToolSpec {
  readonly once?: NonNullable<Tool['once']>
  readonly timeoutMs?: number
}

export type Verdict = ReturnType<TurnOptions['gate']['check']>

/** A turn as it goes to the process that runs it: everything that is data. The rest stays here and is asked for. */
export interface TurnSpec extends Places {
  readonly turnId: string
  readonly agent: Agent
  readonly sessionKey: string
  readonly modelId: string
  readonly tools: readonly WiredTool[]
  /** The gate's word on each tool. */
  readonly verdicts: Readonly<Record<string, Verdict>>
  readonly history: readonly Message[]
  readonly input: readonly Message[]
  readonly resume?: readonly OnceCall[]
  readonly system: string
  readonly context: Readonly<Record<string, string>>
  readonly session: JsonObject
  readonly limits: TurnLimits
  readonly hasIncoming: boolean
  readonly hasJournal: boolean
}

/** What comes back. An error is reduced to what the other side makes one of. */
export interface WiredResult extends Omit<TurnResult, 'error'> {
  readonly error?: { readonly code: string; readonly message: string }
}

/** Text is sent once, as it comes; what it adds up to is known on both sides. */
export type WiredEvent =
  | Exclude<TurnEvent, { readonly type: 'turn:text' }>
  | { readonly type: 'turn:text'; readonly delta: string; readonly isFirst: boolean }

export function toSpec(turn: TurnOptions, { place, elevatedPlace }: Places): TurnSpec {
  const { turnId, agent, sessionKey, history, input, resume, system, context, session } = turn
  return {
    turnId,
    agent,
    sessionKey,
    modelId: turn.model.id,
    tools: turn.tools.map(({ name, description, inputSchema, once, timeoutMs }) => ({
      name,
      description,
      inputSchema,
      ...(once === undefined ? {} : { once }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })),
    verdicts: Object.fromEntries(turn.tools.map(({ name }) => [name, turn.gate.check(name)])),
    history,
    input,
    ...(resume === undefined ? {} : { resume }),
    system,
    context,
    session,
    limits: turn.limits,
    hasIncoming: turn.incoming !== undefined,
    hasJournal: turn.journal !== undefined,
    place,
    elevatedPlace,
  }
}
