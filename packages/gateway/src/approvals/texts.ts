import type { JsonValue } from '@junctor/store'
import type { Approval, Approver } from './approval.ts'

const SHOWN_CHARACTERS = 2_000

/** What the person reads who is asked. Markdown. */
export function questionText({ id, agentId, tool, input, elevated, expiresAt }: Approval): string {
  const where = elevated ? ' **outside of the sandbox**' : ''
  return [
    `Agent \`${agentId}\` asks to run the tool \`${tool}\`${where}:`,
    fenced(input),
    `Answer with \`/approve ${id}\` or \`/deny ${id}\`, or on the page, until ${timeOf(expiresAt)}.`,
  ].join('\n\n')
}

/** What the agent reads when it has been answered. */
export function wordText({
  id,
  tool,
  input,
  elevated,
  answeredBy,
  reason,
  state,
}: Approval): string {
  const who = answeredBy === undefined ? 'Somebody' : approverText(answeredBy)
  if (state === 'denied')
    return `${who} denied the call of \`${tool}\` that waited for approval ${id}${reason === undefined ? '' : `: ${reason}`}. Do not make it; go on without it.`
  const call = elevated ? { ...Object(input), elevated } : input
  return `${who} approved the call that waited for approval ${id}. Make this very call of \`${tool}\` now, once, with exactly this input:\n\n${JSON.stringify(call)}`
}

export function expiredText({ id, tool }: Approval): string {
  return `Nobody answered approval \`${id}\` in time: the call of \`${tool}\` was not made.`
}

/** `7 on telegram` */
export function approverText({ channel, senderId }: Approver): string {
  return `${senderId} on ${channel}`
}

/** In a block of code that its content cannot end. */
function fenced(input: JsonValue): string {
  const whole = JSON.stringify(input, undefined, 2)
  const shown = whole.slice(0, SHOWN_CHARACTERS).toWellFormed()
  const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  const cut = whole.length - shown.length
  const note =
    cut === 0 ? '' : `\n\n(${cut} characters more: \`junctor approvals list\` shows all.)`
  return `${fence}json\n${shown}\n${fence}${note}`
}

function timeOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
