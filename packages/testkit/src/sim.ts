import type { Capabilities, Channel, ConfigSchema, Envelope, Peer, Sender } from '@junctor/channel'
import type { WaitOptions } from './change-watch.ts'
import type { Faults } from './fault.ts'
import { openSim } from './sim/connection.ts'
import { createPlatform, type SimMessage } from './sim/platform.ts'
import { toEnvelope } from './sim/say.ts'

export interface SimOptions {
  /** Default `sim`. */
  readonly id?: string
  /** Take abilities away, or change limits. By default the platform can do everything. */
  readonly capabilities?: Partial<Capabilities>
  /** How long an event waits before it is offered again after a failed `receive`. Default 5 ms. */
  readonly redeliverAfterMs?: number
}

export interface SimConfig {
  /** `refused` is a credential that the platform does not know. */
  readonly token?: string
}

/** Something that a person writes. */
export interface SimSay {
  readonly text: string
  /** Default `default`. */
  readonly accountId?: string
  /** Default: the direct conversation with `alice`. */
  readonly peer?: Peer
  readonly threadId?: string
  /** Default: the peer of a direct conversation, `alice` elsewhere. `'self'`: the account's own message. */
  readonly from?: Sender | string
  readonly id?: string
  readonly replyTo?: string
  readonly mentionsSelf?: boolean
  readonly sentAt?: number
  readonly file?: { readonly name: string; readonly mediaType: string; readonly data: Uint8Array }
  /** Anything else an envelope carries: `guildId`, `roles`, `parents`. */
  readonly extra?: Partial<Envelope>
}

/** A chat platform that lives in this process, and its channel. It streams in threads alone. */
export interface Sim {
  readonly channel: Channel<SimConfig>
  /** `on` is `open`, `receive` or the name of a connection's method. */
  readonly faults: Faults
  /** Returns the native id. */
  say(message: SimSay): string
  /** Queue any event as it is. */
  push(envelope: Envelope): void
  /** What a conversation shows, oldest first. */
  messages(peerId: string): readonly SimMessage[]
  /** Native ids that the channel acknowledged, in order. */
  acknowledged(): readonly string[]
  /** How often an operation reached the platform, with or without success. */
  countCalls(operation: string): number
  waitFor(predicate: () => boolean, options?: WaitOptions): Promise<void>
  /** The platform cannot be reached. Conversations and queues stay. */
  stop(): Promise<void>
  restart(): Promise<void>
}

const everything: Capabilities = {
  maxTextLength: 4000,
  threads: true,
  files: { maxBytes: 1024 * 1024 },
  edit: { minIntervalMs: 0 },
  stream: { minIntervalMs: 0 },
  remove: true,
  reactions: true,
  typing: { ttlMs: 5000 },
  idempotentSend: true,
}

export function createSimChannel(options: SimOptions = {}): Sim {
  const { id = 'sim', redeliverAfterMs = 5 } = options
  const capabilities = { ...everything, ...options.capabilities }
  const platform = createPlatform()

  return {
    channel: {
      spec: 'channel-v1',
      id,
      capabilities,
      config: simConfig,
      open: (config, host) =>
        openSim({ channel: id, capabilities, platform, redeliverAfterMs }, config, host),
    },
    faults: platform.faults,
    say(message) {
      const envelope = toEnvelope(message, id, platform)
      platform.push(envelope)
      return envelope.nativeId
    },
    push: platform.push,
    messages: platform.shown,
    acknowledged: () => platform.acknowledged,
    countCalls: (operation) => platform.calls.filter((call) => call === operation).length,
    waitFor: platform.waitFor,
    async stop() {
      platform.setDown(true)
    },
    async restart() {
      platform.setDown(false)
    },
  }
}

const simConfig: ConfigSchema<SimConfig> = {
  '~standard': {
    version: 1,
    vendor: 'junctor',
    validate: (value) =>
      typeof value === 'object' && value !== null
        ? { value }
        : { issues: [{ message: 'Expected an object.', path: [] }] },
  },
}
