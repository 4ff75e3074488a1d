import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelStatus, Status } from '@junctor/api'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { callGateway } from '../control-client.ts'
import { CliError } from '../errors.ts'

const everyMs = 500

interface LoginOptions {
  readonly channel: string
  readonly account: string
}

export function addChannelsLoginCommand(channels: Command, context: CliContext): void {
  channels
    .command('login')
    .description('link an account of the running gateway with a phone, and wait until it is online')
    .requiredOption('--channel <channel>', 'such as whatsapp')
    .option('--account <id>', 'the account in the config', 'default')
    .action(async (options: LoginOptions) => {
      const name = `${options.channel}/${options.account}`
      let shown = ''
      for (;;) {
        const account = await find(context, options)
        const { state, reason = '', qr } = account
        const now = JSON.stringify([state, reason, qr])
        if (now !== shown) {
          shown = now
          if (qr !== undefined) context.print(await drawn(qr))
          context.print(`${name} is ${state}${reason === '' ? '' : `: ${reason}`}`)
        }
        if (state === 'online') return
        if (state === 'disabled') throw new CliError('NOT_FOUND', `${name} cannot be linked.`)
        await sleep(everyMs)
      }
    })
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
