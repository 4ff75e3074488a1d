import type {
  GatewayDispatchPayload,
  GatewayIntentBits,
  GatewayReadyDispatchData,
} from '@discordjs/core'
import { WebSocketManager, WebSocketShardEvents, WebSocketShardStatus } from '@discordjs/ws'
import { ChannelError, createBackoff, type Health, type Logger } from '@junctor/channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { aborted } from './aborted.ts'
import type { Calls } from './calls.ts'
import { createLiveness } from './liveness.ts'
import { finalCloseReason } from './close-codes.ts'
import type { Timing } from './options.ts'
import { isGatewayUrl, type Position } from './position.ts'

export interface GatewayOptions {
  readonly calls: Calls
  readonly token: string
  readonly intents: number
  readonly timing: Timing
  readonly position: Position
  readonly log: Logger
  readonly report: (health: Health) => void
  readonly onReady: (data: GatewayReadyDispatchData) => void
  readonly onDispatch: (payload: GatewayDispatchPayload) => void
  /** Aborts when the account no longer receives. */
  readonly signal: AbortSignal
}

export interface Gateway {
  /** Resolves with the first session. Rejects with `UNAUTHORIZED` when Discord refuses this account for good before. */
  readonly begun: Promise<void>
  /** Resume the session on a new connection, which brings again what is not stored. */
  reconnect(): void
  /** Leave without giving the session up. */
  close(signal: AbortSignal): Promise<void>
}

/** Any code but 1000 and 1001 keeps the session alive for a while. */
const goodBye = { code: 4200, reason: 'leaving' }
/** After so many failures to reach the address of a session, the session is given up. */
const mostResumes = 5
const shard = 0
const never = new Promise<never>(() => {})

/**
 * The connection that events come through. The client keeps it, answers what the gateway asks and notices when it is dead; here
 * is decided when to try again, where to resume, and what to tell about it.
 */
export function openGateway(options: GatewayOptions): Gateway {
  const { calls, timing, position, log, report, signal } = options
  const backoff = createBackoff(timing)
  const begun = Promise.withResolvers<void>()
  begun.promise.catch(() => {})
  let isUnreachable = false
  let isLeaving = false
  let isRefused = false
  let leaving: Promise<void> = Promise.resolve()
  let isFirst = true
  /** Between the decision to connect and the first word of the gateway. */
  let isOpening = false
  let identifiedAtMs = Number.NEGATIVE_INFINITY

  const createManager = (): WebSocketManager => {
    const manager = new WebSocketManager({
      token: options.token,
      intents: isSumOfIntents(options.intents) ? options.intents : 0,
      rest: calls.rest,
      shardCount: 1,
      shardIds: [shard],
      handshakeTimeout: timing.connectTimeoutMs,
      // Later than the handshake: given up before it, a socket that fails would end the process.
      helloTimeout: 2 * timing.connectTimeoutMs,
      readyTimeout: timing.connectTimeoutMs,
      async retrieveSessionInfo() {
        // An idle shard asks because it is about to connect: the one place where it can be held back.
        if ((await manager.fetchStatus()).get(shard) === WebSocketShardStatus.Idle)
          await mayConnect()
        return position.session() ?? null
      },
      updateSessionInfo(_shard, session) {
        // Where we left or the network failed, the session is as good as before.
        const isAlive = isLeaving || (isUnreachable && backoff.failures < mostResumes)
        if (!session && isAlive) return
        if (!session) position.end()
        // Sequence numbers count once their events are stored, not when they arrive.
        else if (session.sessionId !== position.session()?.sessionId) {
          if (isGatewayUrl(session.resumeURL)) position.begin(session)
        }
      },
      buildIdentifyThrottler: () => ({ waitForIdentify }),
    })
    listen(manager)
    return manager
  }

  const mayConnect = async (): Promise<void> => {
    if (!isFirst) await backoff.pause(signal)
    isFirst = false
    // The client would go on for ever with an attempt that fails here.
    if (signal.aborted) await never
    isOpening = true
  }

  /** Rejects only when the connection was lost meanwhile: the client would identify in spite of any other error. */
  const waitForIdentify = async (_shard: number, lost: AbortSignal): Promise<void> => {
    const waiting = AbortSignal.any([lost, signal])
    await startsLeft(waiting).catch((error: unknown) => {
      log.debug({ error: calls.toError(error, 'gateway') }, 'Discord: session starts are unknown')
    })
    const pauseMs = identifiedAtMs + timing.identifyIntervalMs - Date.now()
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: waiting }).catch(() => {})
    lost.throwIfAborted()
    if (signal.aborted) await never
    identifiedAtMs = Date.now()
  }

  /** Waits while Discord allows no new session: https://discord.com/developers/docs/events/gateway#session-start-limit-object */
  const startsLeft = async (waiting: AbortSignal): Promise<void> => {
    while (!waiting.aborted) {
      calls.rest.setToken(options.token)
      const { session_start_limit: limit } = await manager.fetchGatewayInformation(true)
      if (limit.remaining > 0) return
      const reason = `Discord allows no new session for ${Math.ceil(limit.reset_after / 1000)} s; does another process use this token?`
      report({ state: 'offline', reason })
      log.warn({ resetAfterMs: limit.reset_after }, 'Discord session starts are used up')
      const pauseMs = Math.max(limit.reset_after, timing.firstBackoffMs)
      await sleep(pauseMs, undefined, { signal: waiting }).catch(() => {})
    }
  }

  const lost = (reason: string): void => {
    if (signal.aborted) return
    report({ state: backoff.failures < 3 ? 'degraded' : 'offline', reason })
  }

  const refused = (reason: string): void => {
    isRefused = true
    log.error({}, `Discord: ${reason}`)
    report({ state: 'needs-login', reason })
    begun.reject(new ChannelError('discord', 'UNAUTHORIZED', `Discord gateway: ${reason}.`))
  }

  const online = (): void => {
    begun.resolve()
    backoff.reset()
    liveness.begin()
    report({ state: 'online' })
  }

  const liveness = createLiveness({
    silenceMs: timing.silenceMs,
    onSilence: () => lost(`nothing came from Discord for ${timing.silenceMs / 1000} s`),
    onSound: () => report({ state: 'online' }),
  })

  function listen(manager: WebSocketManager): void {
    manager.on(WebSocketShardEvents.Hello, () => {
      isUnreachable = false
      isOpening = false
    })
    manager.on(WebSocketShardEvents.Ready, (data) => {
      options.onReady(data)
      online()
    })
    manager.on(WebSocketShardEvents.Resumed, online)
    manager.on(WebSocketShardEvents.HeartbeatComplete, liveness.heard)
    manager.on(WebSocketShardEvents.Dispatch, (payload) => {
      liveness.heard()
      options.onDispatch(payload)
    })
    manager.on(WebSocketShardEvents.Closed, (code) => {
      liveness.end()
      isOpening = false
      if (isLeaving) return
      const reason = finalCloseReason(code)
      if (reason === undefined) return lost(`the connection to Discord was lost (${code})`)
      refused(reason)
    })
    manager.on(WebSocketShardEvents.SocketError, (error) => {
      isUnreachable = true
      isOpening = false
      log.warn({ error: calls.toError(error, 'gateway') }, 'Discord gateway cannot be reached')
      lost('the Discord gateway cannot be reached')
    })
    // The codes that come with these are dealt with above; unheard, they would end the process.
    manager.on(WebSocketShardEvents.Error, (error) => {
      log.warn({ error: calls.toError(error, 'gateway') }, 'Discord gateway error')
    })
  }

  const connect = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await startsLeft(signal)
        if (!signal.aborted) await manager.connect()
        return
      } catch (error) {
        if (signal.aborted || isRefused) return
        const failure = calls.toError(error, 'gateway')
        if (failure.code === 'UNAUTHORIZED') return refused(failure.message)
        log.warn({ error: failure }, 'Discord gateway cannot be reached')
        lost(failure.message)
        await backoff.pause(signal, failure.retryAfterMs)
      }
    }
  }
  let manager = createManager()
  void connect()

  const leave = async (closing: AbortSignal): Promise<void> => {
    isLeaving = true
    liveness.end()
    // The client cannot let go of a socket that is still being opened: its failure would end the process.
    const opened = isOpening ? firstEvent(manager) : Promise.resolve()
    await Promise.race([opened.then(() => manager.destroy(goodBye)), aborted(closing)])
  }

  return {
    begun: begun.promise,
    reconnect() {
      leaving = leave(signal).then(() => {
        if (signal.aborted) return
        isLeaving = false
        manager = createManager()
        void connect()
      })
    },
    async close(closing) {
      await Promise.race([leaving, aborted(closing)])
      await leave(closing)
    },
  }
}

/** For the client a sum of intents is an intent. */
function isSumOfIntents(intents: number): intents is GatewayIntentBits {
  return Number.isSafeInteger(intents)
}

function firstEvent(manager: WebSocketManager): Promise<void> {
  const { Hello, Closed, SocketError } = WebSocketShardEvents
  return new Promise((resolve) => {
    for (const event of [Hello, Closed, SocketError] as const) manager.once(event, () => resolve())
  })
}
