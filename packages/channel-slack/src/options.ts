/** Timing of one Slack channel. The defaults suit Slack itself; tests make them short. */
export interface SlackOptions {
  /** Longest wait for the answer to any call. Default 60 seconds. */
  readonly requestTimeoutMs?: number
  /** Longest wait for Slack's greeting on a new connection. Default 15 seconds. */
  readonly helloTimeoutMs?: number
  /** A connection is dead when Slack has not answered pings for this long. Default 10 seconds. */
  readonly pongTimeoutMs?: number
  /** How often the bot token is tried. Default 60 seconds. */
  readonly pulseMs?: number
  /** First pause after a failure; it doubles with each further one. Default 500 ms. */
  readonly firstBackoffMs?: number
  /** Longest pause between two tries. Default 30 seconds. */
  readonly maxBackoffMs?: number
  /** Over HTTP Slack waits 3 seconds for its answer: what is not stored by now is answered with 503. Default 2.5 seconds. */
  readonly storeTimeoutMs?: number
  /** After being cut off for this long, what was written meanwhile is fetched. Default 30 seconds. */
  readonly catchUpAfterMs?: number
  /** Between 0 and 1, for the jitter of pauses. Default `Math.random`. */
  readonly random?: () => number
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

export type Timing = Required<SlackOptions>

export function withDefaults(options: SlackOptions): Timing {
  return {
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    helloTimeoutMs: options.helloTimeoutMs ?? 15_000,
    pongTimeoutMs: options.pongTimeoutMs ?? 10_000,
    pulseMs: options.pulseMs ?? 60_000,
    firstBackoffMs: options.firstBackoffMs ?? 500,
    maxBackoffMs: options.maxBackoffMs ?? 30_000,
    storeTimeoutMs: options.storeTimeoutMs ?? 2500,
    catchUpAfterMs: options.catchUpAfterMs ?? 30_000,
    random: options.random ?? Math.random,
    now: options.now ?? Date.now,
  }
}
