import type { JsonValue, Tool } from '@junctor/agent'
import type { Admission, ToolGate } from '@junctor/runtime'
import { fieldOf } from '../envelopes.ts'
import type { Approval } from '../approvals/approval.ts'
import type { Approvals } from '../approvals/approvals.ts'
import { approverText } from '../approvals/texts.ts'
import type { Mail } from '../mail.ts'
import type { PreparedAgent } from '../snapshot.ts'
import type { Writer } from './elevation.ts'
import type { AgentGate, ToolPlace } from './gates.ts'
import { throttleText, type Throttled, type Throttles } from './throttles.ts'

export interface TurnGatesOptions {
  readonly throttles: Throttles
  readonly approvals: Pick<Approvals, 'rule' | 'granted'>
  readonly now: () => number
}

/** What one turn's gate has to know. */
export interface TurnFacts {
  readonly prepared: PreparedAgent
  readonly place: ToolPlace
  /** Who wrote the messages that the turn answers. They may become more while it runs. */
  readonly writers: () => readonly (Writer | undefined)[]
  /** What the turn answers. */
  readonly cause: Pick<Mail, 'causation' | 'answerTo'>
  readonly attempt: { readonly messageId: string; readonly attempt: number }
  /** The approval whose word began the turn. */
  readonly wordOn: string | undefined
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
  const { throttles, approvals, now } = options

  const admit = async (facts: TurnFacts, gate: AgentGate, call: Call): Promise<Admission> => {
    const { agent, throttles: limits } = facts.prepared
    const rule = gate.needsApproval?.(call.name)
    const elevation = await elevationOf(facts, call, rule)
    if (!elevation.allowed) return elevation
    const throttled = await throttles.take(agent.id, limits(call.name))
    if (throttled !== undefined) return refusedBy(throttled, now())
    return rule === undefined ? elevation : approved(facts, call, rule, elevation)
  }

  /** What was approved while its writers might leave the sandbox may leave it in the turn that the word began. */
  const elevationOf = async (
    facts: TurnFacts,
    call: Call,
    rule: string | undefined,
  ): Promise<Admission> => {
    const admission = elevationFor(facts, call)
    if (admission.allowed || rule === undefined) return admission
    const granted = await approvals.granted(askedCall(facts, call, true))
    if (granted === undefined) return admission
    const writers = granted.writers.map((writer) => writer ?? undefined)
    return elevationFor({ ...facts, writers: () => writers }, call)
  }

  const approved = async (
    facts: TurnFacts,
    call: Call,
    rule: string,
    admission: Extract<Admission, { readonly allowed: true }>,
  ): Promise<Admission> => {
    const { answerTo, causation } = facts.cause
    const ruling = await approvals.rule({
      ...askedCall(facts, call, admission.elevated === true),
      rule,
      causation,
      ...(answerTo === undefined ? {} : { answerTo }),
      writers: facts.writers().map((writer) => writer ?? null),
      attempt: facts.attempt,
      wordOn: facts.wordOn,
    })
    if (!ruling.allowed) return waiting(ruling.approval, rule)
    const { id, answeredBy } = ruling.approval
    const who = answeredBy === undefined ? '' : ` by ${approverText(answeredBy)}`
    const also = admission.rule === undefined ? '' : `${admission.rule}, `
    return { ...admission, rule: `${also}approval ${id}${who}` }
  }

  return (facts, tools) => {
    const gate = facts.prepared.gate(facts.place)
    return {
      gate: { check: (tool) => gate.check(tool), admit: (call) => admit(facts, gate, call) },
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

function askedCall({ prepared, place }: TurnFacts, { name, input }: Call, elevated: boolean) {
  return {
    agentId: prepared.agent.id,
    sessionKey: place.sessionKey,
    tool: name,
    input: name === ELEVATED_TOOL ? withoutElevated(input) : input,
    elevated,
  }
}

function withoutElevated(input: JsonValue): JsonValue {
  if (!isObject(input)) return input
  const { elevated: _, ...rest } = input
  return rest
}

function waiting(approval: Approval | undefined, layer: string): Admission {
  if (approval === undefined)
    return {
      allowed: false,
      layer,
      rule: 'tools.approvers names nobody',
      output: `Not run: ${layer} asks for a person's approval, and tools.approvers names nobody who could give it. Go on without it.`,
    }
  const { id, state, answeredBy } = approval
  if (state === 'used')
    return {
      allowed: false,
      layer,
      rule: `approval ${id} was used`,
      output: `Not run: this very call was made with approval ${id} already, which was good for one. Go on without making it again.`,
    }
  if (state === 'denied')
    return {
      allowed: false,
      layer,
      rule: `approval ${id} was denied`,
      output: `Not run: ${answeredBy === undefined ? 'somebody' : approverText(answeredBy)} denied this very call (approval ${id}). Go on without it.`,
    }
  return {
    allowed: false,
    layer,
    rule: `waits for approval ${id}`,
    output: `Not run yet: the call waits for approval ${id}. A person has been asked. Do not make it again now: end your turn and say that you wait. You will be told when it is answered.`,
  }
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
