import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@junctor/channel'
import type { Config } from '@junctor/config'
import type { Store } from '@junctor/store'
import { openAccount, type AccountHealth } from './account.ts'
import { loadChannel, type ChannelSources } from './channel-source.ts'
import { menuFor } from './commands/table.ts'
import { GatewayError } from './errors.ts'
import { vaultOf } from './vault.ts'

export interface LinkAccountOptions extends ChannelSources {
  readonly config: Config
  readonly store: Store
  readonly channel: string
  readonly accountId: string
  readonly log: Logger
  /** Every state on the way, such as `needs-login` with the code that a person has to scan. */
  readonly report: (health: AccountHealth) => void
}

const LONGEST_CLOSING_MS = 10_000

/**
 * Opens one account without a gateway around it, until it is online: what links it then stands in the store. Messages that
 * come meanwhile are not taken, and the platform offers them to the gateway later. Rejects with `INVALID_ACCOUNT` when the
 * config has no such account, it is switched off, or its settings or credentials are refused.
 */
export async function linkAccount(options: LinkAccountOptions): Promise<void> {
  const { config, store, channel, accountId, log, report } = options
  const place = `channels.${channel}.accounts.${accountId}`
  const wanted = config.channels[channel]?.[accountId]
  if (wanted?.enabled !== true)
    throw new GatewayError(
      'INVALID_ACCOUNT',
      wanted === undefined
        ? `There is no ${place} in the config; add it to link it.`
        : `${place}.enabled is false; switch it on to link it.`,
    )
  const { promise: linked, resolve, reject } = Promise.withResolvers<void>()
  const over = new AbortController()
  const account = openAccount({
    channelId: channel,
    accountId,
    settings: wanted.settings,
    load: () => loadChannel(options, channel, wanted.package),
    log,
    vault: vaultOf(store, channel, accountId),
    commands: menuFor(config.commands),
    // Refused at once, it would make an account that cannot hand over its messages, which is not online.
    receive: () => aborted(over.signal),
    report(health) {
      if (over.signal.aborted) return
      report(health)
      if (health.state === 'online') resolve()
      if (health.state === 'disabled') reject(new GatewayError('INVALID_ACCOUNT', health.reason))
    },
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    random: Math.random,
  })
  try {
    await linked
  } finally {
    over.abort(new GatewayError('STOPPING', `${channel}/${accountId} was only being linked.`))
    await account.close(AbortSignal.timeout(LONGEST_CLOSING_MS))
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
  })
}
