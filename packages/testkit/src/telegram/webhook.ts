import type { BotState } from './bot-state.ts'
import { findMethod } from './methods.ts'

const retryDelayMs = 20

/** Post waiting updates to the bot's webhook, one after the other, each until it is answered with 2xx. */
export function createWebhookPump(bot: BotState, isRunning: () => boolean): () => void {
  let pumping = false

  const pump = async (): Promise<void> => {
    for (;;) {
      const update = bot.queue.first()
      const { webhook } = bot
      if (!isRunning() || !webhook || !update) {
        // At once, not a turn later: the next update may come in this very turn.
        pumping = false
        return
      }
      try {
        const response = await fetch(webhook.url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(webhook.secret ? { 'x-telegram-bot-api-secret-token': webhook.secret } : {}),
          },
          body: JSON.stringify(update),
        })
        const answer = await response.text()
        if (!response.ok) throw new Error(`Wrong response from the webhook: ${response.status}`)
        bot.queue.confirm(update.update_id + 1)
        await runReply(bot, answer)
      } catch (error) {
        bot.webhookError = error instanceof Error ? error.message : String(error)
        bot.changed()
        await new Promise((resolve) => setTimeout(resolve, retryDelayMs))
      }
    }
  }

  return () => {
    if (pumping || !bot.webhook) return
    pumping = true
    void pump()
  }
}

/** An answer may carry one method call: https://core.telegram.org/bots/api#making-requests-when-getting-updates */
async function runReply(bot: BotState, answer: string): Promise<void> {
  if (!answer.startsWith('{')) return
  const params = JSON.parse(answer) as Readonly<Record<string, unknown>>
  const method = typeof params['method'] === 'string' ? params['method'] : ''
  bot.calls.push({ method, params, at: Date.now() })
  await findMethod(method)?.({
    bot,
    body: { params, files: new Map() },
    signal: new AbortController().signal,
  })
}
