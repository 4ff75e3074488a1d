import type {
  Channel,
  ChannelHost,
  Command,
  Connection,
  Envelope,
  Health,
  Logger,
  Vault,
} from '@junctor/channel'
import { hasCode } from '@junctor/errors'
import { GatewayError } from './errors.ts'
import type { IntakeAccount, Receipt } from './intake.ts'
import { endedBy } from './patience.ts'

/** `disabled`: it will not be tried again before its config changes. */
export type AccountHealth = Health | { readonly state: 'disabled'; readonly reason: string }

export interface AccountOptions {
  readonly channelId: string
  readonly accountId: string
  readonly settings: unknown
  readonly load: () => Promise<Channel>
  readonly log: Logger
  readonly vault: Vault
  /** What people may type here. */
  readonly commands: readonly Command[]
  readonly receive: (account: IntakeAccount, envelope: Envelope) => Promise<Receipt>
  readonly report: (health: AccountHealth) => void
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
}

export interface OpenConnection {
  readonly channel: Channel
  readonly connection: Connection
}

/** One channel account that is being kept open. */
export interface Account {
  /** Undefined until it is open. */
  current(): OpenConnection | undefined
  /** Resolves when the first attempt to open it has ended, well or not. */
  readonly tried: Promise<void>
  close(signal: AbortSignal): Promise<void>
}

const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 60_000

/** Opens the account and keeps trying with back-off and jitter, except where trying again cannot help. */
export function openAccount(options: AccountOptions): Account {
  const { channelId, accountId, report } = options
  const abort = new AbortController()
  let opened: OpenConnection | undefined
  let isReported = false

  const connect = async (): Promise<void> => {
    const channel = await options.load()
    const host: ChannelHost = {
      accountId,
      log: options.log,
      vault: options.vault,
      commands: options.commands,
      fetch: globalThis.fetch,
      signal: abort.signal,
      receive: (envelope) =>
        options.receive(
          { channel: channelId, accountId, capabilities: channel.capabilities },
          envelope,
        ),
      report: (health) => {
        isReported = true
        if (!abort.signal.aborted) report(health)
      },
    }
    const config = await validateSettings(channel, accountId, options.settings)
    const connection = await channel.open(config, host)
    if (abort.signal.aborted) {
      // Nobody waits for it any more, and nobody else would close it.
      await connection.close({ signal: abort.signal })
      return
    }
    opened = { channel, connection }
    if (!isReported) report({ state: 'online' })
  }

  const attempt = async (number: number): Promise<boolean> => {
    try {
      await connect()
      return true
    } catch (error) {
      if (abort.signal.aborted) return true
      const reason = error instanceof Error ? error.message : String(error)
      if (isFinal(error)) {
        report({ state: 'disabled', reason })
        return true
      }
      report({ state: 'offline', reason })
      const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** number)
      await options.sleep(longest * (0.5 + options.random() / 2), abort.signal).catch(() => {})
      return abort.signal.aborted
    }
  }

  const { promise: tried, resolve: noteTried } = Promise.withResolvers<void>()
  const keepOpening = async (): Promise<void> => {
    report({ state: 'connecting', reason: 'opening' })
    for (let number = 0; ; number += 1) {
      const attempted = attempt(number)
      if (number === 0) void attempted.finally(noteTried)
      if (await attempted) return
    }
  }
  const opening = keepOpening()

  return {
    current: () => opened,
    tried,
    async close(signal) {
      abort.abort(new GatewayError('STOPPING', `${channelId}/${accountId} is being closed.`))
      await Promise.race([opening, aborted(signal)])
      if (opened !== undefined) await endedBy(opened.connection.close({ signal }), signal)
    },
  }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function isFinal(error: unknown): boolean {
  return hasCode(
    error,
    'UNAUTHORIZED',
    'UNKNOWN_CHANNEL',
    'INVALID_ACCOUNT',
    'PACKAGE_NOT_FOUND',
    'NOT_A_CHANNEL',
    'INCOMPATIBLE_SPEC',
  )
}

async function validateSettings(
  channel: Channel,
  accountId: string,
  settings: unknown,
): Promise<unknown> {
  const result: unknown = await channel.config['~standard'].validate(settings)
  if (typeof result !== 'object' || result === null) return settings
  if ('issues' in result && Array.isArray(result.issues) && result.issues.length > 0) {
    const texts = result.issues.map((issue: unknown) =>
      typeof issue === 'object' && issue !== null && 'message' in issue
        ? String(issue.message)
        : String(issue),
    )
    throw new GatewayError(
      'INVALID_ACCOUNT',
      `channels.${channel.id}.accounts.${accountId}: ${texts.join('; ')}`,
    )
  }
  return 'value' in result ? result.value : settings
}
