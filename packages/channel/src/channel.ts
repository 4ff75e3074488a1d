import type { Capabilities } from './capabilities.ts'
import type { Address, Envelope } from './envelope.ts'
import type { MessageStreams } from './message-streams.ts'
import type { Outbound, SendOptions, Sent, TypingOptions } from './outbound.ts'

/** State of one account. Silence is not health: report `degraded` when the platform stops answering. */
export type Health =
  | { readonly state: 'online' }
  | { readonly state: 'connecting' | 'degraded' | 'offline'; readonly reason: string }
  | { readonly state: 'needs-login'; readonly reason: string; readonly qr?: string }

export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Credentials and cursors of one account. Values are opaque bytes. */
export interface Vault {
  read(key: string): Promise<Uint8Array | undefined>
  write(key: string, value: Uint8Array): Promise<void>
  remove(key: string): Promise<void>
}

/** What people may type as `/name`. */
export interface Command {
  readonly name: string
  readonly description: string
}

/** What the gateway gives one account. A channel reaches the outside world through this and nothing else. */
export interface ChannelHost {
  readonly accountId: string
  readonly log: Logger
  readonly vault: Vault
  readonly fetch: typeof globalThis.fetch
  /** Aborts when the gateway shuts down or drops this account. */
  readonly signal: AbortSignal
  /** Commands that people may type as `/name`; a channel with a native menu offers them there. */
  readonly commands?: readonly Command[]
  /**
   * Hand over one event. Resolves once its outcome is stored (accepted, a duplicate, or refused): acknowledge to the
   * platform after that, never before. Rejects when it could not be stored: do not acknowledge, offer it again later.
   * Events of one peer must be handed over in the platform's order, each after the one before it has resolved.
   */
  receive(envelope: Envelope): Promise<'accepted' | 'duplicate' | 'refused'>
  report(health: Health): void
}

export interface Connection {
  /**
   * Post one message. Resolves when the platform took it. Rejects with a `ChannelError` whose code says what the gateway
   * may do: `RATE_LIMITED` and `UNAVAILABLE` were certainly not posted and are tried again, `UNKNOWN` may have been
   * posted, everything else is final. Never retries by itself.
   */
  send(to: Address, message: Outbound, options: SendOptions): Promise<Sent>
  /** Replace the text of a sent message, also of one that is being streamed. An edit that changes nothing succeeds. */
  edit?(to: Address, nativeId: string, message: Outbound, options: SendOptions): Promise<void>
  /** Present exactly when `capabilities.stream` is. */
  readonly stream?: MessageStreams
  remove?(to: Address, nativeId: string, options: SendOptions): Promise<void>
  react?(to: Address, nativeId: string, emoji: string, options: SendOptions): Promise<void>
  typing?(to: Address, options: TypingOptions): Promise<void>
  download?(
    ref: string,
    options: { readonly signal: AbortSignal },
  ): Promise<ReadableStream<Uint8Array>>
  /** Present only when the platform calls us. The gateway mounts it; the channel opens no port. */
  handleRequest?(request: Request): Promise<Response>
  /** Stop receiving, let sends in flight finish until `signal` aborts, release everything. */
  close(options: { readonly signal: AbortSignal }): Promise<void>
}

/** Any Standard Schema (zod, valibot, arktype): https://standardschema.dev */
export interface ConfigSchema<Config> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => unknown
    readonly types?: { readonly input: unknown; readonly output: Config } | undefined
  }
}

/** One platform. `open` is called once for each account. */
export interface Channel<Config = unknown> {
  readonly spec: 'channel-v1'
  readonly id: string
  readonly capabilities: Capabilities
  readonly config: ConfigSchema<Config>
  /**
   * Connect one account. Resolves when the account can send. Rejects with `UNAUTHORIZED` when the platform refuses the
   * credentials (the account stays disabled), with any other code when it is worth another try.
   * After it has resolved, the channel reconnects by itself and reports health.
   */
  open(config: Config, host: ChannelHost): Promise<Connection>
}
