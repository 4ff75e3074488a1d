import type { InboxMessage, JsonValue, TurnRecord } from '@junctor/store'
import { fieldOf, parseCommand, textOf } from './envelopes.ts'
import type { ExplanationStep } from './explanation.ts'

/** What one turn did with a message. */
export function turnSteps(turn: TurnRecord, message: InboxMessage): readonly ExplanationStep[] {
  const { id, startedAt, endedAt, outcome, model, inputTokens, outputTokens, trace } = turn
  if (outcome === 'command') return commandSteps(turn, message)
  const tokens = `${inputTokens} tokens in, ${outputTokens} out`
  const error = fieldOf(fieldOf(trace, 'error'), 'message')
  const cause = typeof error === 'string' ? `: ${error}` : ''
  const tools = listOf(fieldOf(trace, 'calls'))
  const offered = listOf(fieldOf(trace, 'toolsOffered'))
  const denied = listOf(fieldOf(trace, 'toolsDenied'))
  return [
    ...companySteps(turn, message.id),
    ...contextSteps(turn),
    {
      at: startedAt,
      step: 'turn',
      text: `Turn ${id} ran ${model} for ${endedAt - startedAt} ms (${tokens}) and ended ${outcome}${cause}.`,
      details: trace,
    },
    {
      at: startedAt,
      step: 'tool',
      text: `Tools offered: ${namesText(offered)}. Denied: ${namesText(denied)}.`,
      details: { offered, denied },
    },
    ...listOf(fieldOf(trace, 'notes')).map((note): ExplanationStep => ({
      at: startedAt,
      step: 'turn',
      text: `Note: ${typeof note === 'string' ? note : ''}.`,
      details: note,
    })),
    ...tools.map((call: JsonValue): ExplanationStep => ({
      at: startedAt,
      step: 'tool',
      text: callText(call),
      details: call,
    })),
  ]
}

/** `It called the tool exec outside of the sandbox: ok.` */
function callText(call: JsonValue): string {
  const [name, status, layer, rule] = ['name', 'status', 'layer', 'rule'].map((field) =>
    textOf(call, field),
  )
  const where = fieldOf(call, 'elevated') === true ? ' outside of the sandbox' : ''
  const reasons = [layer, rule].filter((reason) => reason !== '').join(' ')
  return `It called the tool ${name}${where}: ${status}${reasons === '' ? '' : ` (${reasons})`}.`
}

/** No agent ran. */
function commandSteps(
  { startedAt: at, trace }: TurnRecord,
  message: InboxMessage,
): readonly ExplanationStep[] {
  const command = textOf(trace, 'command')
  if (command === '') return []
  const text =
    parseCommand(message.trace) === undefined
      ? `The command /${command} ended it.`
      : `The gateway answered the command /${command} itself; no model saw it.`
  return [{ at, step: 'turn', text, details: trace }]
}

/** How the message came into its turn, where others are in it too or an earlier attempt gave way. */
function companySteps({ startedAt: at, trace }: TurnRecord, messageId: string): ExplanationStep[] {
  const taken = listOf(fieldOf(trace, 'messages'))
  const own = taken.find((entry) => textOf(entry, 'id') === messageId)
  if (own === undefined) return []
  const steps: ExplanationStep[] = []
  const before = textOf(own, 'before')
  if (before !== '')
    steps.push({
      at,
      step: 'mailbox',
      text: `An earlier attempt at it was given back: ${before}.`,
      details: own,
    })
  const others = taken.filter((entry) => entry !== own).map((entry) => textOf(entry, 'id'))
  if (others.length === 0) return steps
  const how =
    fieldOf(own, 'steered') === true
      ? 'entered a turn that was running, after a round of its tool calls'
      : 'began a turn'
  steps.push({
    at,
    step: 'mailbox',
    text: `It ${how} together with ${others.join(', ')} (the session's queue mode was ${textOf(trace, 'queue')}).`,
    details: taken,
  })
  return steps
}

/** What the agent was told besides the messages that it answers. */
function contextSteps({ startedAt: at, trace }: TurnRecord): readonly ExplanationStep[] {
  const kept = listOf(fieldOf(trace, 'kept'))
  if (kept.length === 0) return []
  const text = `The agent was told of ${kept.length} ${kept.length === 1 ? 'message' : 'messages'} of the room that did not call it.`
  return [{ at, step: 'mailbox', text, details: kept }]
}

function listOf(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

function namesText(tools: readonly JsonValue[]): string {
  if (tools.length === 0) return 'none'
  return tools
    .map((tool) =>
      typeof tool === 'string'
        ? tool
        : `${textOf(tool, 'name')} (${textOf(tool, 'layer')} ${textOf(tool, 'rule')})`,
    )
    .join(', ')
}
