import { timingSafeEqual } from 'node:crypto'
import type { ChannelHost } from '@junctor/channel'
import type { Update } from 'grammy/types'

export interface WebhookOptions {
  readonly secret: string
  readonly host: ChannelHost
  readonly accept: (update: Update) => Promise<void>
  /** Aborts when the account no longer receives. */
  readonly signal: AbortSignal
}

/**
 * Telegram offers an update again until it is answered with 200: https://core.telegram.org/bots/api#setwebhook
 * Updates are stored one after the other, in the order of the requests.
 */
export function createWebhook(options: WebhookOptions): (request: Request) => Promise<Response> {
  const { host, accept, signal } = options
  const secret = new TextEncoder().encode(options.secret)
  let last: Promise<unknown> = Promise.resolve()

  return async (request) => {
    if (request.method !== 'POST') return answer(405, 'Only POST')
    if (!isSecret(request.headers.get('x-telegram-bot-api-secret-token'), secret)) {
      return answer(401, 'Wrong secret token')
    }
    const update = await readUpdate(request)
    if (!update) {
      // A body that can never be read must not hold up those behind it.
      host.log.error({}, 'Telegram webhook body skipped: not an update')
      return answer(200, 'Skipped')
    }
    if (signal.aborted) return answer(503, 'This account is closed')
    const stored = last.then(() => accept(update))
    last = stored.catch(() => {})
    try {
      await stored
      return answer(200, 'Stored')
    } catch (error) {
      host.log.warn({ updateId: update.update_id, error }, 'Telegram update was not stored')
      return answer(500, 'Not stored')
    }
  }
}

async function readUpdate(request: Request): Promise<Update | undefined> {
  try {
    const value: unknown = await request.json()
    if (typeof value !== 'object' || value === null || !('update_id' in value)) return undefined
    return Number.isSafeInteger(value.update_id) ? (value as Update) : undefined
  } catch {
    return undefined
  }
}

function isSecret(given: string | null, secret: Uint8Array): boolean {
  const bytes = new TextEncoder().encode(given ?? '')
  return bytes.length === secret.length && timingSafeEqual(bytes, secret)
}

function answer(status: number, text: string): Response {
  return new Response(text, { status })
}
