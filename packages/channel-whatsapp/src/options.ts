/** Timing of one WhatsApp channel. The defaults suit the real service; tests make them short. */
export interface WhatsAppOptions {
  /**
   * Another server than WhatsApp's. For tests only and never a setting for users: the protocol's own authentication of
   * the server does not hold in this version of Baileys, so TLS to WhatsApp's hosts is what protects an account.
   */
  readonly server?: {
    /** Default `wss://web.whatsapp.com/ws/chat`. */
    readonly webSocketUrl: string
    /** Where files are put and fetched. Default: WhatsApp's media hosts. */
    readonly mediaUrl: string
  }
  /** First pause after a failure; it doubles with each further one. Default 1 second. */
  readonly firstBackoffMs?: number
  /** Longest pause between two tries. Default 60 seconds. */
  readonly maxBackoffMs?: number
  /** First pause after another client took the connection over; doubles up to an hour. Default 60 seconds. */
  readonly conflictPauseMs?: number
  /** How often the server is asked whether it is still there; silence beyond that and 5 seconds ends the stream. Default 20 seconds. */
  readonly probeIntervalMs?: number
  /** How long a QR code is shown. Default: 60 seconds for the first, 20 for the others, as WhatsApp's own client. */
  readonly qrTimeoutMs?: number
  /** Longest wait for the server to acknowledge a message. Default 30 seconds. */
  readonly ackTimeoutMs?: number
  /** Longest wait for the answer to a query. Default 20 seconds. */
  readonly queryTimeoutMs?: number
  /** Larger incoming files are refused. Default 64 MB. */
  readonly maxDownloadBytes?: number
  /** Between 0 and 1, for the jitter of pauses. Default `Math.random`. */
  readonly random?: () => number
}

export type Settings = Required<Omit<WhatsAppOptions, 'server' | 'qrTimeoutMs'>> &
  Pick<WhatsAppOptions, 'server' | 'qrTimeoutMs'>

export function withDefaults(options: WhatsAppOptions): Settings {
  return {
    ...options,
    firstBackoffMs: options.firstBackoffMs ?? 1000,
    maxBackoffMs: options.maxBackoffMs ?? 60_000,
    conflictPauseMs: options.conflictPauseMs ?? 60_000,
    probeIntervalMs: options.probeIntervalMs ?? 20_000,
    ackTimeoutMs: options.ackTimeoutMs ?? 30_000,
    queryTimeoutMs: options.queryTimeoutMs ?? 20_000,
    maxDownloadBytes: options.maxDownloadBytes ?? 64 * 1024 * 1024,
    random: options.random ?? Math.random,
  }
}
