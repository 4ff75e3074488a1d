import { setTimeout as sleep } from 'node:timers/promises'
import { ChannelError, type ChannelHost } from '@junctor/channel'
import { SocketModeClient } from '@slack/socket-mode'
import type { SlackConfig } from './config.ts'
import { toChannelError } from './errors.ts'
import type { Timing } from './options.ts'
import { isFields, type Payload } from './payload.ts'
import type { Accept } from './siblings.ts'
import { clientOptions, secretsOf } from './web-api.ts'

export interface LinkOptions {
  readonly config: SlackConfig & { readonly appToken: string }
  readonly host: ChannelHost
  readonly timing: Timing
  /** Called with Slack's greeting, before any event. */
  readonly onHello: () => void
  readonly accept: Accept
  readonly signal: AbortSignal
}

/** One Socket Mode connection, from Slack's greeting on. */
export interface Link {
  /** Resolves when Slack asks to reconnect, with its reason. */
  readonly asked: Promise<string>
  /** Resolves when nothing comes over it any more. */
  readonly ended: Promise<void>
  /** Close it once what came over it is stored and acknowledged. Resolves when it is closed. */
  retire(): Promise<void>
}

interface Arrival {
  readonly ack: () => Promise<void>
  readonly type: string
  readonly body: unknown
  readonly retry_num?: number
  readonly retry_reason?: string
}

const longestFarewellMs = 5000
const closeHandshakeMs = 1000

/** Slack's own client, for a single connection: it gets the address, answers pings and notices when Slack does not. */
export async function openLink(options: LinkOptions): Promise<Link> {
  const { config, host, timing, onHello, accept, signal } = options
  const webApi = clientOptions({ config, host, timing }, () => signal)
  const client = new SocketModeClient({
    appToken: config.appToken,
    autoReconnectEnabled: false,
    clientPingTimeout: timing.pongTimeoutMs,
    clientOptions: webApi,
    ...(webApi.logger === undefined ? {} : { logger: webApi.logger }),
  })
  const asked = Promise.withResolvers<string>()
  const ended = Promise.withResolvers<void>()
  const underWay = new Set<Promise<void>>()
  client.once('disconnected', () => ended.resolve())
  client.once('connected', onHello)
  guardFrames(client, host, asked.resolve)

  const take = async ({ ack, type, body, ...retry }: Arrival): Promise<void> => {
    if (retry.retry_num) host.log.debug(retry, 'Slack offers an event once more')
    const payload = toPayload(type, body)
    try {
      if (payload !== undefined) await accept(payload)
    } catch (error) {
      // Without acknowledgement Slack offers it again, here or to whoever connects next.
      host.log.debug({ error }, 'Slack event is not acknowledged: it was not stored')
      return
    }
    await ack().catch((error: unknown) => {
      host.log.debug({ error }, 'Slack event could not be acknowledged; it comes again')
    })
  }
  client.on('slack_event', (arrival: Arrival) => {
    const taken = take(arrival)
    underWay.add(taken)
    void taken.finally(() => underWay.delete(taken))
  })

  await start(client, options)
  return {
    asked: asked.promise,
    ended: ended.promise,
    async retire() {
      const patience = sleep(longestFarewellMs, undefined, { ref: false })
      await Promise.race([Promise.allSettled(underWay), patience, ended.promise])
      void client.disconnect()
      await Promise.race([ended.promise, sleep(closeHandshakeMs, undefined, { ref: false })])
      cut(client)
    },
  }
}

async function start(
  client: SocketModeClient,
  { config, timing, signal }: LinkOptions,
): Promise<void> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(timing.helloTimeoutMs)])
  const late = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void =>
      reject(new ChannelError('slack', 'UNAVAILABLE', 'Slack connect: Slack did not say hello.'))
    if (patience.aborted) giveUp()
    patience.addEventListener('abort', giveUp, { once: true })
  })
  const started = client.start()
  try {
    await Promise.race([started, late])
  } catch (error) {
    cut(client)
    // It may still be on its way to a connection that nobody wants any more.
    void started.then(
      () => cut(client),
      () => {},
    )
    // Without a reason the connection was closed before Slack had greeted.
    const reason =
      error ?? new ChannelError('slack', 'UNAVAILABLE', 'Slack connect: closed at once.')
    throw toChannelError(reason, 'connect', secretsOf(config))
  }
}

/** The first call says goodbye, the second one does not wait for the answer. */
function cut(client: SocketModeClient): void {
  void client.disconnect()
  void client.disconnect()
}

/**
 * SocketModeClient closes the connection in the moment when Slack asks for a new one, with events still to be
 * acknowledged, and it takes the process down with a frame that it cannot read.
 */
function guardFrames(
  client: SocketModeClient,
  { log }: ChannelHost,
  asked: (reason: string) => void,
): void {
  const [handle] = client.listeners('ws_message')
  if (handle === undefined) throw new TypeError('SocketModeClient reads no frames')
  client.removeAllListeners('ws_message')
  client.on('ws_message', (data: unknown, isBinary: boolean) => {
    const reason = disconnectReason(data)
    if (reason !== undefined) return asked(reason)
    Promise.resolve(handle.call(client, data, isBinary)).catch((error: unknown) => {
      log.error({ error: String(error) }, 'Slack frame skipped: unreadable')
    })
  })
}

function disconnectReason(data: unknown): string | undefined {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return undefined
  try {
    const frame: unknown = JSON.parse(data)
    return isFields(frame) && frame['type'] === 'disconnect' ? String(frame['reason']) : undefined
  } catch {
    return undefined
  }
}

function toPayload(type: string, body: unknown): Payload | undefined {
  if (!isFields(body)) return undefined
  if (type === 'events_api') return { kind: 'event', body }
  return type === 'slash_commands' ? { kind: 'command', body } : undefined
}
