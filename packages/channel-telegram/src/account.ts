import {
  ChannelError,
  createFlights,
  type ChannelHost,
  type Connection,
  type Health,
  type SendOptions,
  createHealthBoard,
} from '@junctor/channel'
import { Api } from 'grammy'
import type { Update } from 'grammy/types'
import { toApiSignal } from './api-signal.ts'
import type { TelegramConfig } from './config.ts'
import { openFile } from './download.ts'
import { createErrorMapper } from './errors.ts'
import { offerCommands } from './menu.ts'
import type { Timing } from './options.ts'
import { allowedUpdates, startPolling } from './poll.ts'
import { createSender } from './send.ts'
import { toEnvelopes, type Account } from './update.ts'
import { createWebhook } from './webhook.ts'

/** Connect one bot. */
export async function openAccount(
  config: TelegramConfig,
  host: ChannelHost,
  timing: Timing,
): Promise<Connection> {
  const apiRoot = config.apiRoot ?? 'https://api.telegram.org'
  const api = new Api(config.botToken, { apiRoot, timeoutSeconds: timing.requestTimeoutMs / 1000 })
  const toError = createErrorMapper(config.botToken)
  const account = await identify(api, host).catch((error: unknown) => {
    throw asOpenError(toError(error, 'getMe'))
  })

  const stopped = new AbortController()
  const receiving = AbortSignal.any([host.signal, stopped.signal])
  const flights = createFlights('telegram')
  const board = createHealthBoard(host)
  const report = (health: Health): void => board.set('connection', health)
  const sender = createSender({ api, toError, run: flights.run })

  const accept = async (update: Update): Promise<void> => {
    for (const envelope of convert(update)) await host.receive(envelope)
  }

  const convert = (update: Update): ReturnType<typeof toEnvelopes> => {
    try {
      return toEnvelopes(update, account)
    } catch (error) {
      host.log.error({ updateId: update.update_id, error }, 'Telegram update skipped: unreadable')
      return []
    }
  }

  const { webhook } = config
  if (webhook?.url)
    await register(api, webhook.url, webhook.secret, receiving).catch((error: unknown) => {
      throw asOpenError(toError(error, 'setWebhook'))
    })
  report({ state: 'online' })
  void offerCommands(api, host, toError, receiving)
  const poll = webhook
    ? undefined
    : startPolling({ api, host, timing, toError, accept, report, signal: receiving })

  return {
    ...sender,
    download: (ref: string, options: Pick<SendOptions, 'signal'>) =>
      flights.run(options.signal, (signal) =>
        openFile({ api, host, apiRoot, token: config.botToken, toError }, ref, signal),
      ),
    ...(webhook
      ? {
          handleRequest: createWebhook({ secret: webhook.secret, accept, host, signal: receiving }),
        }
      : {}),
    async close({ signal }) {
      stopped.abort()
      const closing = AbortSignal.any([signal, AbortSignal.timeout(timing.requestTimeoutMs)])
      const landed = flights.land(closing)
      await untilAborted(poll?.ended, closing)
      if (!closing.aborted) await poll?.confirm(closing)
      await landed
    },
  }
}

async function identify(api: Api, host: ChannelHost): Promise<Account> {
  const me = await api.getMe(toApiSignal(host.signal))
  return { accountId: host.accountId, botId: me.id, username: me.username.toLowerCase() }
}

async function register(api: Api, url: string, secret: string, signal: AbortSignal): Promise<void> {
  // One connection: with more, Telegram posts the updates of one chat side by side.
  await api.setWebhook(
    url,
    { secret_token: secret, allowed_updates: allowedUpdates, max_connections: 1 },
    toApiSignal(signal),
  )
}

/** Nothing that `open` calls has an effect worth fearing: no answer means "try again". */
function asOpenError(error: ChannelError): ChannelError {
  if (error.code === 'UNAUTHORIZED') {
    const message = 'Telegram refuses the bot token; set the `botToken` that @BotFather shows.'
    return new ChannelError('telegram', 'UNAUTHORIZED', message, { cause: error })
  }
  if (error.code !== 'UNKNOWN') return error
  return new ChannelError('telegram', 'UNAVAILABLE', error.message, { cause: error.cause })
}

async function untilAborted(work: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  if (!work || signal.aborted) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    void work.finally(done)
  })
}
