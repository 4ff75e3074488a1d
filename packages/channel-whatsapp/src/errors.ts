import { ChannelError, type ChannelErrorCode } from '@junctor/channel'

export function whatsAppError(
  code: ChannelErrorCode,
  message: string,
  options?: ConstructorParameters<typeof ChannelError>[3],
): ChannelError {
  return new ChannelError('whatsapp', code, `WhatsApp: ${message}`, options)
}

/** The numbers with which the server refuses a message. */
export function refusal(status: number): ChannelError {
  const details = { details: { status } }
  if (status === 429) {
    return whatsAppError('RATE_LIMITED', 'too many messages in a short time (429).', details)
  }
  if (status === 463) {
    const problem = 'this account may not begin new chats for now; let people write first (463).'
    return whatsAppError('FORBIDDEN', problem, details)
  }
  return whatsAppError(codeOf(status), `the server refuses the message (${status}).`, details)
}

function codeOf(status: number): ChannelErrorCode {
  if (status === 401 || status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  if (status === 413) return 'TOO_LARGE'
  return status >= 500 ? 'UNAVAILABLE' : 'INVALID'
}

/** The status that Baileys gives the errors of its queries and streams. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('output' in error)) return undefined
  const { output } = error
  if (typeof output !== 'object' || output === null || !('statusCode' in output)) return undefined
  return Number(output.statusCode)
}
