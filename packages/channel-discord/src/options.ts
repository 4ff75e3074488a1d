/** Timing of one Discord channel. The defaults suit Discord itself; tests make them short. */
export interface DiscordOptions {
  /** First pause after a failure; it doubles with each further one. Default 500 ms. */
  readonly firstBackoffMs?: number
  /** Longest pause between two tries. Default 60 seconds. */
  readonly maxBackoffMs?: number
  /** Longest wait for the answer to any call. Default 60 seconds. */
  readonly requestTimeoutMs?: number
  /** Longest wait for each step of connecting to the gateway. Default 30 seconds. */
  readonly connectTimeoutMs?: number
  /** How long opening waits for the first session before it goes on without. Default 5 seconds. */
  readonly openPatienceMs?: number
  /** Shortest time between two new sessions. Default 5 seconds, as Discord asks. */
  readonly identifyIntervalMs?: number
  /** A connection on which nothing came for so long counts as broken. Default 2 minutes, almost three heartbeats. */
  readonly silenceMs?: number
  /** What was missed longer ago is left out. Default 24 hours. */
  readonly catchUpMs?: number
  /** How often the place in the stream is written down while events come. Default 1 second. */
  readonly saveIntervalMs?: number
  /** How many events may wait for the host; more stay at Discord until these are stored. Default 10,000. */
  readonly maxWaiting?: number
  /** Between 0 and 1, for the jitter of pauses. Default `Math.random`. */
  readonly random?: () => number
}

export type Timing = Required<DiscordOptions>

export function withDefaults(options: DiscordOptions): Timing {
  return {
    firstBackoffMs: options.firstBackoffMs ?? 500,
    maxBackoffMs: options.maxBackoffMs ?? 60_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 30_000,
    openPatienceMs: options.openPatienceMs ?? 5000,
    identifyIntervalMs: options.identifyIntervalMs ?? 5000,
    silenceMs: options.silenceMs ?? 120_000,
    catchUpMs: options.catchUpMs ?? 24 * 60 * 60_000,
    saveIntervalMs: options.saveIntervalMs ?? 1000,
    maxWaiting: options.maxWaiting ?? 10_000,
    random: options.random ?? Math.random,
  }
}
