import type { DiscordBotState } from './bot-state.ts'
import type { GatewaySession } from './session.ts'
import type { ChannelState, World } from './world.ts'

/** https://discord.com/developers/docs/events/gateway#list-of-intents */
export const intents = {
  guilds: 1 << 0,
  guildMessages: 1 << 9,
  guildReactions: 1 << 10,
  directMessages: 1 << 12,
  directReactions: 1 << 13,
  messageContent: 1 << 15,
} as const

/** Tells every bot that may see it what happened in a conversation. */
export type Emit = (channelId: string, event: string, data: object) => void

export interface EmitOptions {
  readonly world: World
  readonly bots: () => Iterable<DiscordBotState>
  readonly changed: () => void
}

export function createEmit({ world, bots, changed }: EmitOptions): Emit {
  return (channelId, event, data) => {
    const state = world.channels.get(channelId)
    if (!state) throw new Error(`There is no channel ${channelId}`)
    for (const bot of bots()) {
      if (!sees(bot, state, world)) continue
      for (const session of bot.sessions.values()) {
        if (!wants(session, event, state)) continue
        deliver(bot, session, event, forSession(bot, session, state, data))
      }
    }
    changed()
  }
}

function sees({ user }: DiscordBotState, state: ChannelState, world: World): boolean {
  if (state.botId !== undefined) return state.botId === user.id
  const guild = world.guilds.get(state.channel.guild_id ?? '')
  return state.closedTo !== 'viewing' && guild?.without.has(user.id) !== true
}

function wants(session: GatewaySession, event: string, { botId }: ChannelState): boolean {
  const isDirect = botId !== undefined
  if (event.startsWith('MESSAGE_REACTION')) {
    return has(session, isDirect ? intents.directReactions : intents.guildReactions)
  }
  if (event.startsWith('MESSAGE_')) {
    return has(session, isDirect ? intents.directMessages : intents.guildMessages)
  }
  return event.startsWith('INTERACTION_') || has(session, intents.guilds)
}

function has(session: GatewaySession, intent: number): boolean {
  return (session.intents & intent) !== 0
}

/** Without the intent for it, the content is empty where the bot is not meant: https://discord.com/developers/docs/events/gateway#message-content-intent */
function forSession(
  { user }: DiscordBotState,
  session: GatewaySession,
  { botId }: ChannelState,
  data: object,
): object {
  if (!('content' in data) || botId !== undefined || has(session, intents.messageContent)) {
    return data
  }
  const { author, mentions } = data as {
    readonly author?: { readonly id: string }
    readonly mentions?: readonly { readonly id: string }[]
  }
  if (author?.id === user.id || mentions?.some(({ id }) => id === user.id)) return data
  return { ...data, content: '', attachments: [] }
}

/** Events of a session that wait for the next one to go first. */
const held = new WeakMap<GatewaySession, { readonly event: string; readonly data: object }>()

function deliver(bot: DiscordBotState, session: GatewaySession, event: string, data: object): void {
  const waiting = held.get(session)
  held.delete(session)
  const fault = event === 'MESSAGE_CREATE' ? bot.takeFault('gateway', ...eventFaults) : undefined
  const socket = session.socket()
  switch (fault?.kind) {
    case 'reorder': {
      held.set(session, { event, data })
      break
    }
    case 'duplicate': {
      session.dispatch(event, data)
      session.dispatch(event, data)
      break
    }
    case 'drop-before': {
      socket?.terminate()
      session.dispatch(event, data)
      break
    }
    case 'silence': {
      socket?.mute()
      session.dispatch(event, data)
      break
    }
    case 'unauthorized': {
      session.dispatch(event, data)
      socket?.close(4004)
      break
    }
    case 'second-consumer': {
      // The other process has used up what session starts there were, and this session ends with its own.
      bot.sessions.delete(session.id)
      bot.sessionStarts = { remaining: 0, resetAtMs: Date.now() + 1000 }
      socket?.send({ op: 9, d: false })
      break
    }
    default: {
      session.dispatch(event, data)
      if (fault?.kind === 'drop-after') socket?.terminate()
    }
  }
  if (waiting) session.dispatch(waiting.event, waiting.data)
}

/** What `on: 'gateway'` can bring about, with the next message. */
export const eventFaults = [
  'duplicate',
  'reorder',
  'drop-before',
  'drop-after',
  'silence',
  'unauthorized',
  'second-consumer',
] as const
