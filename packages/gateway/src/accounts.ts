import type { Channel, Command, Envelope, Logger, Vault } from '@junctor/channel'
import type { Config } from '@junctor/config'
import { openAccount, type Account, type AccountHealth, type OpenConnection } from './account.ts'
import { loadChannel, type ChannelSources } from './channel-source.ts'
import { menuFor } from './commands/table.ts'
import type { EventSink } from './events.ts'
import type { IntakeAccount, Receipt } from './intake.ts'
import { revisionOf } from './revision.ts'

export interface AccountState {
  readonly channel: string
  readonly accountId: string
  readonly state: AccountHealth['state']
  readonly reason?: string
  /** What a person has to scan with a phone, while `state` is `needs-login`. */
  readonly qr?: string
  /** When it entered this state, in milliseconds since 1970. */
  readonly since: number
}

export interface AccountsOptions extends ChannelSources {
  readonly log: Logger
  readonly now: () => number
  readonly events: EventSink
  readonly vault: (channel: string, accountId: string) => Vault
  readonly receive: (account: IntakeAccount, envelope: Envelope) => Promise<Receipt>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
}

/** The channel accounts of a gateway. One broken account never stops another. */
export interface Accounts {
  /**
   * Opens what the config adds, closes what it drops, reopens what it changed, and says what it did. Resolves when every
   * new account has been tried once, or after five seconds; the others go on opening.
   */
  apply(config: Config): Promise<readonly string[]>
  connection(channel: string, accountId: string): OpenConnection | undefined
  states(): readonly AccountState[]
  /** For good: a later `apply` opens nothing. */
  close(signal: AbortSignal): Promise<void>
}

/** A platform that does not even answer must not hold up the others. */
const LONGEST_OPENING_MS = 5_000

export function createAccounts(options: AccountsOptions): Accounts {
  const { log, now, events } = options
  const accounts = new Map<string, { readonly revision: string; readonly account: Account }>()
  const states = new Map<string, AccountState>()
  const loaded = new Map<string, Promise<Channel>>()
  let isClosed = false

  const setState = (channel: string, accountId: string, health: AccountHealth): void => {
    const key = keyOf(channel, accountId)
    const { state } = health
    const reason = 'reason' in health ? health.reason : undefined
    const before = states.get(key)
    const qr = 'qr' in health ? health.qr : undefined
    const isSame = before?.state === state && before.reason === reason
    if (isSame && before.qr === qr) return
    const known = {
      ...(reason === undefined ? {} : { reason }),
      ...(qr === undefined ? {} : { qr }),
    }
    const since = isSame ? before.since : now()
    states.set(key, { channel, accountId, state, ...known, since })
    // A code that replaces another one is no news for the log.
    if (isSame) return
    if (state === 'online') log.info({ channel, accountId, state }, `${key} is online`)
    else if (state === 'connecting')
      log.debug({ channel, accountId, state }, `${key} is connecting`)
    else if (state === 'disabled' && before === undefined)
      log.info({ channel, accountId, state }, `${key} is disabled: ${reason ?? ''}`)
    else log.warn({ channel, accountId, state }, `${key} is ${state}: ${reason ?? ''}`)
    if (state !== 'disabled') events.emit('account:health', { channel, accountId, health })
  }

  const load = (id: string, packageName: string | undefined): Promise<Channel> => {
    const key = `${id} ${packageName ?? ''}`
    const known = loaded.get(key)
    if (known !== undefined) return known
    const channel = loadChannel(options, id, packageName)
    loaded.set(key, channel)
    channel.catch(() => loaded.delete(key))
    return channel
  }

  const drop = async (key: string, signal: AbortSignal): Promise<void> => {
    const account = accounts.get(key)?.account
    accounts.delete(key)
    await account?.close(signal).catch((error: unknown) => {
      log.warn({ account: key, error: String(error) }, `closing ${key} failed`)
    })
  }

  return {
    async apply(config) {
      const wanted = wantedBy(config)
      const changes: string[] = []
      for (const [key, { revision }] of accounts) {
        const next = wanted.get(key)
        if (next?.enabled === true && next.revision === revision) continue
        changes.push(`${next?.enabled === true ? 'reopened' : 'closed'} ${key}`)
        await drop(key, AbortSignal.timeout(5_000))
      }
      if (isClosed) return changes
      for (const key of states.keys()) if (!wanted.has(key)) states.delete(key)
      const added = [...wanted].filter(([key]) => !accounts.has(key))
      for (const [key, wantedAccount] of added) {
        const { channelId, accountId, settings, packageName, enabled, revision } = wantedAccount
        const { commands } = wantedAccount
        if (!enabled) {
          const reason = `channels.${channelId}.accounts.${accountId}.enabled is false`
          setState(channelId, accountId, { state: 'disabled', reason })
          continue
        }
        if (!changes.includes(`reopened ${key}`)) changes.push(`opened ${key}`)
        const account = openAccount({
          channelId,
          accountId,
          settings,
          load: () => load(channelId, packageName),
          log,
          vault: options.vault(channelId, accountId),
          commands,
          receive: options.receive,
          report: (health) => setState(channelId, accountId, health),
          sleep: options.sleep,
          random: options.random,
        })
        accounts.set(key, { revision, account })
      }
      const tried = added.map(([key]) => accounts.get(key)?.account.tried ?? Promise.resolve())
      const patience = new AbortController()
      const waited = options.sleep(LONGEST_OPENING_MS, patience.signal).catch(() => {})
      await Promise.race([Promise.all(tried), waited])
      patience.abort()
      return changes
    },
    connection: (channel, accountId) => accounts.get(keyOf(channel, accountId))?.account.current(),
    states: () => [...states.values()],
    async close(signal) {
      isClosed = true
      await Promise.all([...accounts.keys()].map((key) => drop(key, signal)))
    },
  }
}

interface Wanted {
  readonly channelId: string
  readonly accountId: string
  readonly enabled: boolean
  readonly settings: unknown
  readonly packageName: string | undefined
  readonly commands: readonly Command[]
  readonly revision: string
}

function wantedBy(config: Config): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>()
  const commands = menuFor(config.commands)
  for (const [channelId, accounts] of Object.entries(config.channels))
    for (const [accountId, account] of Object.entries(accounts)) {
      const { enabled, settings, package: packageName } = account
      const revision = revisionOf([settings, packageName, commands])
      const one = { channelId, accountId, enabled, settings, packageName, commands, revision }
      wanted.set(keyOf(channelId, accountId), one)
    }
  return wanted
}

function keyOf(channel: string, accountId: string): string {
  return `${channel}/${accountId}`
}
