import type { Channel, Connection, Outbound, OutboundFile } from '@junctor/channel'
import { hasCode, JunctorError } from '@junctor/errors'
import type { Delivery, DeliveryOutcome } from '@junctor/store'
import { fieldOf } from '../envelopes.ts'
import { endedBy } from '../patience.ts'

export interface DeliverOptions {
  readonly delivery: Delivery
  /** Default: none. */
  readonly files?: readonly OutboundFile[]
  readonly target: { readonly channel: Channel; readonly connection: Connection } | undefined
  readonly now: () => number
  readonly random: () => number
  readonly signal: AbortSignal
  /** How long a channel may take to end a call when the signal has aborted. Default: 1,000. */
  readonly graceMs?: number
}

/** A platform that turned an answer away for this long will not take it any more. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000

/** Try one delivery once. Never rejects: every fault is an outcome. */
export async function deliver(options: DeliverOptions): Promise<DeliveryOutcome> {
  const { delivery, files = [], target, now, signal, graceMs } = options
  const { channel, accountId } = delivery.address
  if (target === undefined) return retry(options, `${channel}/${accountId} is not connected`)
  const { connection } = target
  const message = { ...parseOutbound(delivery), ...(files.length === 0 ? {} : { files }) }
  const call = { idempotencyKey: delivery.id, signal }
  if (delivery.editOf !== undefined && connection.edit !== undefined)
    try {
      const edited = connection.edit(delivery.address, delivery.editOf, message, call)
      await endedBy(edited, signal, graceMs)
      return { state: 'sent', nativeId: delivery.editOf, sentAt: now() }
    } catch (error) {
      // Where the draft is gone or can no longer be changed, the answer is posted anew.
      if (!hasCode(error, 'NOT_FOUND', 'FORBIDDEN', 'UNSUPPORTED', 'INVALID'))
        return outcomeOf(error, options, true)
    }
  try {
    const sending = connection.send(delivery.address, message, call)
    const { nativeId, sentAt } = await endedBy(sending, signal, graceMs)
    // Platforms that tell whole seconds would put the answer before its question.
    return { state: 'sent', nativeId, sentAt: Math.max(sentAt, delivery.createdAt) }
  } catch (error) {
    return outcomeOf(error, options, target.channel.capabilities.idempotentSend)
  }
}

/** `isRepeatable`: doing it twice does no harm, since it sets a text or the platform knows the key. */
function outcomeOf(
  error: unknown,
  options: DeliverOptions,
  isRepeatable: boolean,
): DeliveryOutcome {
  const reason = error instanceof Error ? error.message : String(error)
  const isCertainlyNotPosted = hasCode(
    error,
    'RATE_LIMITED',
    'UNAVAILABLE',
    'CLOSED',
    'UNAUTHORIZED',
    'CONFLICT',
  )
  if (isCertainlyNotPosted) return retry(options, reason, error.retryAfterMs)
  const isFinal = JunctorError.isInstance(error) && !hasCode(error, 'UNKNOWN')
  if (isFinal) return { state: 'failed', error: reason }
  return isRepeatable ? retry(options, reason) : { state: 'unknown', error: reason }
}

function retry(
  { delivery, now, random }: DeliverOptions,
  error: string,
  retryAfterMs?: number,
): DeliveryOutcome {
  if (now() - delivery.createdAt > LONGEST_WAIT_MS)
    return {
      state: 'failed',
      error: `given up after ${delivery.attempts} attempts in a day: ${error}`,
    }
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(delivery.attempts, 10))
  const wait = retryAfterMs ?? longest * (0.5 + random() / 2)
  return { state: 'pending', retryAt: now() + wait, error }
}

function parseOutbound({ id, body }: Delivery): Outbound {
  const text = fieldOf(body, 'text')
  const agentId = fieldOf(body, 'agentId')
  const replyTo = fieldOf(body, 'replyTo')
  if (typeof text !== 'string') throw new TypeError(`Delivery ${id} holds no text.`)
  const format = fieldOf(body, 'format') === 'plain' ? 'plain' : 'markdown'
  return {
    text,
    format,
    ...(typeof agentId === 'string' ? { agentId } : {}),
    ...(typeof replyTo === 'string' ? { replyTo } : {}),
  }
}
