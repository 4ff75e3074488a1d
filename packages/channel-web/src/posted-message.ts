import { ChannelError } from '@junctor/channel'

/** What the page posts. */
export interface PostedMessage {
  /** Made by the page, so that it can offer the same message again. */
  readonly id: string
  readonly text: string
  readonly conversation: string
  readonly agentId?: string
}

const idPattern = /^[\w.-]{1,64}$/
const maxAgentIdLength = 200

/** Throws `INVALID` or `TOO_LARGE`. */
export function parsePostedMessage(json: string, maxTextLength: number): PostedMessage {
  const { id, text, conversation, agentId } = parseObject(json)
  if (typeof id !== 'string' || !idPattern.test(id)) {
    throw invalid('`id` must be 1 to 64 letters, digits, dots, dashes or underscores')
  }
  if (typeof text !== 'string' || text.trim() === '') throw invalid('`text` must not be empty')
  if (text.length > maxTextLength) {
    throw new ChannelError(
      'web',
      'TOO_LARGE',
      `The message has ${text.length} characters, and ${maxTextLength} is the most that the page takes`,
    )
  }
  const hasAgent = agentId !== undefined && agentId !== null
  if (hasAgent && !isAgentId(agentId)) throw invalid('`agentId` must be the id of an agent')
  return {
    id,
    text,
    conversation: parseConversation(conversation),
    ...(hasAgent && { agentId }),
  }
}

/** The conversation's id. `owner` is the one of the page. Throws `INVALID`. */
export function parseConversation(value: unknown): string {
  if (typeof value === 'string' && idPattern.test(value)) return value
  throw invalid('`conversation` must be 1 to 64 letters, digits, dots, dashes or underscores')
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch (cause) {
    throw new ChannelError('web', 'INVALID', 'The body is not JSON', { cause })
  }
  throw invalid('The body must be an object')
}

function isAgentId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxAgentIdLength
}

function invalid(message: string): ChannelError {
  return new ChannelError('web', 'INVALID', message)
}
