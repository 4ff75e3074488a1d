/** Timing of one Telegram channel. The defaults suit the public Bot API; tests make them short. */
export interface TelegramOptions {
  /** How long Telegram holds a poll open while nothing happens. Default 25 seconds. */
  readonly pollTimeoutSeconds?: number
  /** A poll that is silent for this much longer than its timeout is given up. Default 10 seconds. */
  readonly silenceMarginMs?: number
  /** First pause after a failure; it doubles with each further one. Default 500 ms. */
  readonly firstBackoffMs?: number
  /** Longest pause between two tries. Default 30 seconds. */
  readonly maxBackoffMs?: number
  /** Longest wait for the answer to any call but a poll. Default 120 seconds. */
  readonly requestTimeoutMs?: number
  /** Between 0 and 1, for the jitter of pauses. Default `Math.random`. */
  readonly random?: () => number
}

export type Timing = Required<TelegramOptions>

export function withDefaults(options: TelegramOptions): Timing {
  return {
    pollTimeoutSeconds: options.pollTimeoutSeconds ?? 25,
    silenceMarginMs: options.silenceMarginMs ?? 10_000,
    firstBackoffMs: options.firstBackoffMs ?? 500,
    maxBackoffMs: options.maxBackoffMs ?? 30_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 120_000,
    random: options.random ?? Math.random,
  }
}
