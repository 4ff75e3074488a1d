import { AsyncLocalStorage } from 'node:async_hooks'
import { createFlights, type ChannelHost } from '@junctor/channel'
import { LogLevel, WebClient, type WebClientOptions } from '@slack/web-api'
import type { SlackConfig } from './config.ts'
import { toChannelError } from './errors.ts'
import type { Timing } from './options.ts'

export interface ApiOptions {
  readonly config: SlackConfig
  readonly host: ChannelHost
  readonly timing: Timing
}

/** Calls of Slack's Web API for one account. */
export interface Api {
  /** Base address of the Web API. */
  readonly root: URL
  readonly botToken: string
  readonly fetch: ChannelHost['fetch']
  /** Rejects with a `ChannelError`. Nothing is tried twice. */
  call<Result>(
    this: void,
    action: string,
    signal: AbortSignal,
    request: (client: WebClient) => Promise<Result>,
  ): Promise<Result>
  /** Refuse new calls; resolves when the others have finished, or were cut off by the signal. */
  land(signal: AbortSignal): Promise<void>
}

const defaultRoot = 'https://slack.com/api'

/** The SDK's own messages repeat what its errors say, and some hold what people wrote. */
const silent: NonNullable<WebClientOptions['logger']> = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
}

export function createApi({ config, host, timing }: ApiOptions): Api {
  const { botToken } = config
  // WebClient takes no signal for a single call, but it makes each request in the context of its caller.
  const caller = new AsyncLocalStorage<AbortSignal>()
  const options = clientOptions({ config, host, timing }, () => caller.getStore())
  const client = new WebClient(botToken, options)
  const flights = createFlights('slack')
  const secrets = secretsOf(config)

  return {
    root: new URL(`${config.apiRoot ?? defaultRoot}/`),
    botToken,
    fetch: host.fetch,
    call: (action, signal, request) =>
      flights.run(signal, async (both) => {
        try {
          return await caller.run(both, () => request(client))
        } catch (error) {
          throw toChannelError(error, action, secrets)
        }
      }),
    land: flights.land,
  }
}

/** No retries and no waiting: whether a call may be made again is for the gateway to say. */
export function clientOptions(
  { config, host, timing }: ApiOptions,
  signalOf: () => AbortSignal | undefined,
): WebClientOptions {
  return {
    slackApiUrl: config.apiRoot ?? defaultRoot,
    logger: silent,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    maxRequestConcurrency: Number.POSITIVE_INFINITY,
    allowAbsoluteUrls: false,
    timeout: timing.requestTimeoutMs,
    fetch(url, { signal, ...init } = {}) {
      const signals = [signal, signalOf()].filter((one) => one !== undefined)
      return host.fetch(url, { ...init, signal: AbortSignal.any(signals) })
    },
  }
}

export function secretsOf({ botToken, appToken, signingSecret }: SlackConfig): readonly string[] {
  return [botToken, appToken, signingSecret].filter((secret) => secret !== undefined)
}
