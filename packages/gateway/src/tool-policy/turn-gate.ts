import type { JsonValue, Tool } from '@junctor/agent'
import type { Admission, ToolGate } from '@junctor/runtime'
import { fieldOf } from '../envelopes.ts'
import type { PreparedAgent } from '../snapshot.ts'
import type { Writer } from './elevation.ts'
import type { ToolPlace } from './gates.ts'
import { throttleText, type Throttled, type Throttles } from './throttles.ts'

export interface TurnGatesOptions {
  readonly throttles: Throttles
  readonly now: () => number
}

/** What one turn's gate has to know. */
export interface TurnFacts {
  readonly prepared: PreparedAgent
  readonly place: ToolPlace
  /** Who wrote the messages that the turn answers. They may become more while it runs. */
  readonly writers: () => readonly (Writer | undefined)[]
  /** Somebody has told the session that its commands leave the sandbox. */
  readonly isElevated: boolean
}

/** What a turn has of its agent's tools. */
export interface TurnTools {
  readonly gate: ToolGate
  /** As they are offered. */
  readonly tools: readonly Tool[]
}

type Call = Parameters<NonNullable<ToolGate['admit']>>[0]

/** The one gate of a turn: the policy for each tool, and what a single call needs besides. */
export function createTurnGates(
  options: TurnGatesOptions,
): (facts: TurnFacts, tools: readonly Tool[]) => TurnTools {
  const { throttles, now } = options

  const admit = async (facts: TurnFacts, call: Call): Promise<Admission> => {
    const { agent, throttles: limits } = facts.prepared
    const elevation = elevationFor(facts, call)
    if (!elevation.allowed) return elevation
    const throttled = await throttles.take(agent.id, limits(call.name))
    return throttled === undefined ? elevation : refusedBy(throttled, now())
  }

  return (facts, tools) => {
    const gate = facts.prepared.gate(facts.place)
    return {
      gate: { check: (tool) => gate.check(tool), admit: (call) => admit(facts, call) },
      tools: mayElevate(facts) ? tools.map(withElevated) : tools,
    }
  }
}

function mayElevate({ prepared, place, writers }: TurnFacts): boolean {
  const { sessionKey } = place
  return (
    prepared.sandbox(sessionKey) !== undefined &&
    prepared.elevation(sessionKey, writers()) === undefined
  )
}

/** Whether a command leaves the sandbox: because it asks to, or because the session is told so. */
function elevationFor({ prepared, place, writers, isElevated }: TurnFacts, call: Call): Admission {
  const asked = fieldOf(call.input, 'elevated')
  // Where there is no sandbox there is nothing to leave.
  if (call.name !== ELEVATED_TOOL || prepared.sandbox(place.sessionKey) === undefined)
    return { allowed: true }
  if (asked !== true && (asked === false || !isElevated)) return { allowed: true }
  const refused = prepared.elevation(place.sessionKey, writers())
  if (refused === undefined) return { allowed: true, elevated: true, rule: 'elevated' }
  // Who may not leave works inside, unless that is not what the call asks for.
  if (asked !== true) return { allowed: true }
  const output = `Not run: the command may not leave the sandbox: ${refused}. Run it without \`elevated\`, in the sandbox, or go on without it.`
  return { allowed: false, layer: 'elevated', rule: refused, output }
}

const ELEVATED_TOOL = 'exec'

function withElevated(tool: Tool): Tool {
  const properties = fieldOf(tool.inputSchema, 'properties')
  if (tool.name !== ELEVATED_TOOL || !isObject(properties)) return tool
  const elevated = {
    type: 'boolean',
    description:
      'Run it on the host instead of in the sandbox. Default: what the session is set to',
  }
  return {
    ...tool,
    inputSchema: { ...tool.inputSchema, properties: { ...properties, elevated } },
  }
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refusedBy({ rule, retryAt }: Throttled, at: number): Admission {
  const { layer, entry } = rule
  const limit = throttleText(rule)
  const seconds = Math.max(1, Math.ceil((retryAt - at) / 1_000))
  return {
    allowed: false,
    layer,
    rule: `"${entry}": ${limit}`,
    output: `Not run: ${layer} allows ${limit} for "${entry}", and they are used up. It may be called again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, at ${new Date(retryAt).toISOString()}.`,
  }
}
