import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelStatus, Status } from '@junctor/api'
import { hasCode } from '@junctor/errors'
import { linkAccount } from '@junctor/gateway'
import type { Command } from 'commander'
import { channelSources } from '../channel-sources.ts'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { CliError } from '../errors.ts'
import { loadConfig } from '../load-config.ts'
import { createLog } from '../log.ts'
import { withOwnStore } from '../read-store.ts'
import { secretsOf } from '../secrets.ts'

const everyMs = 500

interface LoginOptions {
  readonly channel: string
  readonly account: string
}

export function addChannelsLoginCommand(channels: Command, context: CliContext): void {
  channels
    .command('login')
    .description('link an account with a phone, and wait until it is online')
    .requiredOption('--channel <channel>', 'such as whatsapp')
    .option('--account <id>', 'the account in the config', 'default')
    .action(async (options: LoginOptions) => {
      const show = createDisplay(context, `${options.channel}/${options.account}`)
      try {
        await followGateway(context, options, show)
      } catch (error) {
        if (!hasCode(error, 'NOT_RUNNING')) throw error
        await linkHere(context, options, show)
      }
    })
}

type Shown = Pick<ChannelStatus, 'state' | 'reason' | 'qr'>
type Show = (account: Shown) => Promise<void>

/** The running gateway links the account: two programs on one account would throw each other out. */
async function followGateway(
  context: CliContext,
  options: LoginOptions,
  show: Show,
): Promise<void> {
  for (;;) {
    const account = await find(context, options)
    await show(account)
    if (account.state === 'online') return
    if (account.state === 'disabled')
      throw new CliError('NOT_FOUND', `${options.channel}/${options.account} cannot be linked.`)
    await sleep(everyMs)
  }
}

/** No gateway runs: the account is opened here, with the store for this process alone. Throws `LOCKED` when another has it. */
async function linkHere(
  context: CliContext,
  { channel, account: accountId }: LoginOptions,
  show: Show,
): Promise<void> {
  const { config, configPath, stateDir } = await loadConfig(context)
  const { isTerminal } = context
  const secrets = new Set(secretsOf(config, context.env))
  // What goes wrong on the way is part of the states that are shown.
  const log = await createLog({ isTerminal, level: 'error', secrets })
  const sources = channelSources([stateDir, dirname(configPath)])
  let showing = Promise.resolve()
  await withOwnStore(context, (store) =>
    linkAccount({
      ...sources,
      config,
      store,
      channel,
      accountId,
      log,
      report: (health) => void (showing = showing.then(() => show(health))),
    }),
  )
  await showing
}

/** Prints a state when it is another one, and draws its code. */
function createDisplay(context: CliContext, name: string): Show {
  let shown = ''
  return async ({ state, reason = '', qr }) => {
    const now = JSON.stringify([state, reason, qr])
    if (now === shown) return
    shown = now
    if (qr !== undefined) context.print(await drawn(qr))
    context.print(`${name} is ${state}${reason === '' ? '' : `: ${reason}`}`)
  }
}

async function find(
  context: CliContext,
  { channel, account }: LoginOptions,
): Promise<ChannelStatus> {
  const { channels } = (await callGateway(context, 'GET', '/api/v1/status')) as Status
  const found = channels.find((each) => each.channel === channel && each.accountId === account)
  if (found !== undefined) return found
  const known = channels.map((each) => `${each.channel}/${each.accountId}`).join(', ')
  throw new CliError(
    'NOT_FOUND',
    `The running gateway has no account ${channel}/${account} (it has ${known}); add it under channels.${channel}.accounts.`,
  )
}

async function drawn(qr: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr')
  return renderUnicodeCompact(qr, { border: 2 })
}
