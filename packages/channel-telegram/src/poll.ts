import { createBackoff, type ChannelHost, type Health } from '@junctor/channel'
import type { Api } from 'grammy'
import type { Update } from 'grammy/types'
import { toApiSignal } from './api-signal.ts'
import type { ErrorMapper } from './errors.ts'
import type { Timing } from './options.ts'

/** Every kind is named: Telegram leaves reactions out otherwise, and remembers an older list. */
export const allowedUpdates = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'message_reaction',
] as const

export interface PollOptions {
  readonly api: Api
  readonly host: ChannelHost
  readonly timing: Timing
  readonly toError: ErrorMapper
  /** Hand one update to the host. Rejects when it could not be stored. */
  readonly accept: (update: Update) => Promise<void>
  readonly report: (health: Health) => void
  readonly signal: AbortSignal
}

export interface Poll {
  /** Resolves when polling has stopped and no update is being handed over. */
  readonly ended: Promise<void>
  /** Tell Telegram what was stored since the last poll, so that it is not offered again. */
  confirm(signal: AbortSignal): Promise<void>
}

/**
 * One update after the other. The offset moves past an update only once it is stored, and Telegram forgets only what lies
 * before the offset: https://core.telegram.org/bots/api#getupdates
 */
export function startPolling(options: PollOptions): Poll {
  const { api, host, timing, toError, accept, report, signal } = options
  const silenceMs = timing.pollTimeoutSeconds * 1000 + timing.silenceMarginMs
  const backoff = createBackoff(timing)
  const storeBackoff = createBackoff(timing)
  let offset: number | undefined
  let confirmedOffset: number | undefined

  const fetchBatch = async (): Promise<readonly Update[]> => {
    const asked = offset
    // Not `AbortSignal.timeout`: on a busy bot thousands of them would wait for their time.
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), silenceMs)
    const updates: unknown = await api
      .getUpdates(
        {
          ...(asked === undefined ? {} : { offset: asked }),
          limit: 100,
          timeout: timing.pollTimeoutSeconds,
          allowed_updates: allowedUpdates,
        },
        toApiSignal(AbortSignal.any([signal, silence.signal])),
      )
      .finally(() => clearTimeout(timer))
    if (!Array.isArray(updates)) throw new TypeError('getUpdates did not answer with a list')
    confirmedOffset = asked
    return (updates as Update[]).filter(hasId).sort((one, other) => one.update_id - other.update_id)
  }

  /** False when an update could not be stored: it and all after it wait for the next poll. */
  const store = async (updates: readonly Update[]): Promise<boolean> => {
    for (const update of updates) {
      if (signal.aborted) return true
      try {
        await accept(update)
      } catch (error) {
        host.log.warn({ updateId: update.update_id, error }, 'Telegram update was not stored')
        report({ state: 'degraded', reason: 'incoming messages could not be stored' })
        return false
      }
      offset = update.update_id + 1
    }
    return true
  }

  /** False when polling makes no sense any more. */
  const recover = async (error: unknown): Promise<boolean> => {
    const failure = toError(error, 'getUpdates')
    if (failure.code === 'UNAUTHORIZED') {
      host.log.error({ error: failure }, 'Telegram refuses the bot token; polling stopped')
      report({ state: 'needs-login', reason: 'Telegram refuses the bot token; set a new botToken' })
      return false
    }
    if (failure.code === 'CONFLICT' && failure.message.includes('webhook')) await removeWebhook()
    report({
      state: backoff.failures < 3 ? 'degraded' : 'offline',
      reason:
        failure.code === 'CONFLICT'
          ? 'another process polls this bot, or a webhook is set; stop it or use another bot token'
          : failure.message,
    })
    host.log.warn({ error: failure, failures: backoff.failures + 1 }, 'Telegram poll failed')
    await backoff.pause(signal, failure.retryAfterMs)
    return true
  }

  const removeWebhook = async (): Promise<void> => {
    host.log.warn(
      {},
      'Telegram has a webhook for this bot; removing it, because this account polls',
    )
    await api.deleteWebhook({}, toApiSignal(signal)).catch(() => {})
  }

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const updates = await fetchBatch()
        if (signal.aborted) return
        backoff.reset()
        if (await store(updates)) {
          storeBackoff.reset()
          report({ state: 'online' })
        } else {
          await storeBackoff.pause(signal)
        }
      } catch (error) {
        if (signal.aborted || !(await recover(error))) return
      }
    }
  }

  return {
    ended: run(),
    async confirm(closing) {
      if (offset === undefined || offset === confirmedOffset) return
      await api.getUpdates({ offset, limit: 1, timeout: 0 }, toApiSignal(closing)).catch(() => {})
    },
  }
}

function hasId(update: unknown): boolean {
  return (
    typeof update === 'object' &&
    update !== null &&
    'update_id' in update &&
    Number.isSafeInteger(update.update_id)
  )
}
