import { GatewayIntentBits } from '@discordjs/core'
import {
  ChannelError,
  type ChannelHost,
  type Connection,
  createHealthBoard,
} from '@junctor/channel'
import { aborted } from './aborted.ts'
import { createCalls, type Calls } from './calls.ts'
import { createCatchUp } from './catch-up.ts'
import { createCommands } from './commands.ts'
import type { DiscordConfig } from './config.ts'
import { createDirectory } from './directory.ts'
import { readDirects } from './directs.ts'
import { openAttachment } from './download.ts'
import { createEvents, readMessage } from './events.ts'
import { openGateway } from './gateway.ts'
import { createLane } from './lane.ts'
import type { Timing } from './options.ts'
import { createFindPlace, createLearnRoles } from './places.ts'
import { readPosition } from './position.ts'
import { createSender } from './send.ts'

const defaultIntents =
  GatewayIntentBits.Guilds |
  GatewayIntentBits.GuildMessages |
  GatewayIntentBits.GuildMessageReactions |
  GatewayIntentBits.DirectMessages |
  GatewayIntentBits.DirectMessageReactions |
  GatewayIntentBits.MessageContent

/** Connect one bot. Where the gateway keeps it waiting, it can send all the same. */
export async function openAccount(
  config: DiscordConfig,
  host: ChannelHost,
  timing: Timing,
): Promise<Connection> {
  const { token, intents = defaultIntents, apiRoot = 'https://discord.com/api' } = config
  const calls = createCalls({ token, apiRoot, requestTimeoutMs: timing.requestTimeoutMs })
  const botId = await identify(calls, host)
  const now = Date.now
  const position = await readPosition({ host, saveIntervalMs: timing.saveIntervalMs, now })
  const directs = await readDirects(host, calls)

  const stopped = new AbortController()
  const signal = AbortSignal.any([host.signal, stopped.signal])
  const health = createHealthBoard(host)
  health.set('connection', { state: 'connecting', reason: 'connecting to Discord' })
  const directory = createDirectory(botId)
  const places = { host, calls, directory, directs, botId, signal }
  const findPlace = createFindPlace(places)
  const learnRoles = createLearnRoles(places)
  const commands = createCommands({ host, calls, findPlace, timing, botId, now, signal })
  const lane = createLane({
    host,
    timing,
    onStoring: health.storing,
    onEmpty() {
      if (events.takeOverflow()) gateway.reconnect()
    },
    signal,
  })
  const catchUp = createCatchUp({
    host,
    calls,
    directs,
    position,
    catchUpMs: timing.catchUpMs,
    async receive(incoming, guildId) {
      const envelopes = await readMessage(
        { directory, findPlace, learnRoles, botId },
        incoming,
        guildId,
      )
      for (const envelope of envelopes) await host.receive(envelope)
      position.advance(incoming.message.id)
    },
    now,
    signal,
  })
  const events = createEvents({
    host,
    botId,
    directory,
    position,
    findPlace,
    learnRoles,
    lane,
    catchUp,
    commands,
    maxWaiting: timing.maxWaiting,
    now,
  })
  const gateway = openGateway({
    calls,
    token,
    intents,
    timing,
    position,
    log: host.log,
    report: (state) => health.set('connection', state),
    onReady: events.onReady,
    onDispatch: events.onDispatch,
    signal,
  })
  const close = async (given: AbortSignal): Promise<void> => {
    stopped.abort()
    const closing = AbortSignal.any([given, AbortSignal.timeout(timing.requestTimeoutMs)])
    await Promise.all([
      calls.land(closing),
      gateway.close(closing),
      Promise.race([lane.ended, aborted(closing)]),
    ])
    await Promise.race([position.flush(), aborted(closing)])
  }
  const patience = AbortSignal.any([signal, AbortSignal.timeout(timing.openPatienceMs)])
  await Promise.race([gateway.begun, aborted(patience)]).catch(async (error: unknown) => {
    await close(AbortSignal.abort())
    throw error
  })
  void commands.offer()

  return {
    ...createSender({ calls, directs, commands }),
    download: (ref, options) =>
      calls.run('download', options.signal, (joined) =>
        openAttachment({ calls, host, apiRoot: config.apiRoot }, ref, joined),
      ),
    close: (options) => close(options.signal),
  }
}

async function identify(calls: Calls, host: ChannelHost): Promise<string> {
  try {
    const { id } = await calls.run('login', host.signal, (signal) =>
      calls.api.users.getCurrent({ signal }),
    )
    return id
  } catch (error) {
    const failure = calls.toError(error, 'login')
    if (failure.code === 'UNAUTHORIZED') {
      const message =
        'Discord refuses the bot token; set the `token` that the developer portal shows.'
      throw new ChannelError('discord', 'UNAUTHORIZED', message, { cause: failure })
    }
    // Asking has no effect worth fearing: no answer means "try again".
    if (failure.code !== 'UNKNOWN') throw failure
    throw new ChannelError('discord', 'UNAVAILABLE', failure.message, { cause: failure.cause })
  }
}
