import { hasCode } from '@junctor/errors'

/** A message that was claimed this often without an end is given up: something about it breaks the gateway itself. */
export const MOST_CLAIMS = 8

/** A message that was begun this often runs alone. More than `MOST_TRIES`: those ended, and are nothing to suspect. */
export const SUSPECT_ATTEMPTS = 4

/** How often a turn is tried while its model is only out of reach. */
const MOST_TRIES = 3
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/** The model may answer later, and the person has not been told anything yet. */
export function isWorthAnotherTry(error: unknown, attempt: number): boolean {
  const isPassing = hasCode(
    error,
    'RATE_LIMITED',
    'OVERLOADED',
    'UNAVAILABLE',
    'STREAM_FAILED',
    'STALLED',
    'PROCESS_ENDED',
  )
  return isPassing && attempt < MOST_TRIES
}

export function retryDelayMs(error: unknown, attempt: number, random: () => number): number {
  const asked = hasCode(error, 'RATE_LIMITED', 'OVERLOADED') ? error.retryAfterMs : undefined
  const backOff = FIRST_RETRY_MS * 2 ** (attempt - 1) * (0.5 + random() / 2)
  return Math.min(LONGEST_RETRY_MS, asked ?? backOff)
}

/** What the person is told. Causes that are the operator's business stay in the log and in the trace. */
export function failureText(
  error: unknown,
  messageId: string,
  asked = 'answer this message',
): string {
  return `⚠️ I could not ${asked}: ${causeText(error)}. (The operator can see why with \`junctor why ${messageId}\`.)`
}

function causeText(error: unknown): string {
  if (hasCode(error, 'AGENT_PAUSED')) {
    const { reason } = error.details
    return `I am paused at the moment${reason === undefined ? '' : ` (${reason})`}`
  }
  if (hasCode(error, 'OVER_BUDGET')) {
    const { until } = error.details
    const when = typeof until === 'number' ? `; it is there again ${clockText(until)}` : ''
    return `my budget for today is used up${when}`
  }
  if (hasCode(error, 'AGENT_FAILING'))
    return 'my last answers failed one after the other, please try again in a minute'
  if (hasCode(error, 'UNAUTHORIZED')) return 'my model has no valid key'
  if (hasCode(error, 'OUT_OF_CREDIT')) return 'the account of my model has no credit left'
  if (hasCode(error, 'UNKNOWN_MODEL', 'UNPRICED_MODEL')) return 'my model is not set up'
  if (hasCode(error, 'RATE_LIMITED', 'OVERLOADED'))
    return 'my model is overloaded, please try again later'
  if (hasCode(error, 'UNAVAILABLE', 'STREAM_FAILED', 'STALLED'))
    return 'my model could not be reached, please try again later'
  if (hasCode(error, 'PROMPT_FILE_REFUSED')) return 'one of my own files cannot be used'
  if (hasCode(error, 'PROCESS_ENDED')) return 'I broke down over it'
  if (hasCode(error, 'TURN_TIMEOUT')) return 'it took too long'
  return 'something went wrong'
}

/** `on 13 August 2026 at 00:00 UTC` */
function clockText(at: number): string {
  const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(at)
  const format = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const
  return `on ${date} at ${new Intl.DateTimeFormat('en-GB', format).format(at)}`
}
