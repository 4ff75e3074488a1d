import type { ChannelHost } from '@junctor/channel'
import type { Api } from 'grammy'
import { toApiSignal } from './api-signal.ts'
import type { ErrorMapper } from './errors.ts'

/**
 * Shows the gateway's commands in Telegram's own menu: https://core.telegram.org/bots/api#setmycommands. A courtesy: without it
 * they work all the same, so a refusal is only logged.
 */
export async function offerCommands(
  api: Api,
  host: ChannelHost,
  toError: ErrorMapper,
  signal: AbortSignal,
): Promise<void> {
  if (host.commands === undefined) return
  const commands = host.commands.map(({ name, description }) => ({ command: name, description }))
  try {
    await api.setMyCommands(commands, {}, toApiSignal(signal))
  } catch (error) {
    if (signal.aborted) return
    const failure = toError(error, 'setMyCommands')
    host.log.warn({ error: failure }, 'Telegram did not take the list of commands')
  }
}
