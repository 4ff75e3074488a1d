import type { Interaction } from './bot-state.ts'
import { editEntry, readContent, readPayload } from './message-routes.ts'
import { forGateway, inGuild } from './people.ts'
import type { Route, RouteCall } from './routes.ts'
import { snowflake } from './snowflake.ts'
import { refuse, type DiscordMessage } from './types.ts'
import type { MessageEntry } from './world.ts'

/** A token answers for a quarter of an hour. */
const tokenLifetimeMs = 15 * 60_000

/** https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object */
const messageAtOnce = 4
const messageLater = 5

export const interactionRoutes: readonly Route[] = [
  { method: 'POST', pattern: /^\/interactions\/(\d+)\/([^/]+)\/callback$/, run: acknowledge },
  {
    method: 'PATCH',
    pattern: /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/,
    run(call) {
      const entry = original(call)
      editEntry(call, entry, readContent(readPayload(call)))
      const files = [...call.body.files.values()]
      if (files.length > 0) {
        const { channel_id: channelId } = entry.message
        const attachments = files.map((file) => call.world.storeFile(channelId, file, call.origin))
        entry.message = { ...entry.message, attachments }
      }
      return entry.message
    },
  },
  {
    method: 'DELETE',
    pattern: /^\/webhooks\/(\d+)\/([^/]+)\/messages\/@original$/,
    run(call) {
      const { id, channel_id: channelId } = original(call).message
      const state = call.world.channels.get(channelId)
      state?.messages.delete(id)
      call.emit(channelId, 'MESSAGE_DELETE', {
        id,
        channel_id: channelId,
        ...(state ? inGuild(state) : {}),
      })
    },
  },
]

function acknowledge(call: RouteCall): void {
  const { world, bot, params, body, emit } = call
  const interaction = bot.interactions.get(params[1] ?? '')
  if (!interaction || interaction.id !== params[0]) {
    return refuse(404, 10_062, 'Unknown interaction')
  }
  if (interaction.acknowledgedAs !== undefined) {
    return refuse(400, 40_060, 'Interaction has already been acknowledged.')
  }
  if (Date.now() - interaction.createdAtMs > call.interactionDeadlineMs) {
    return refuse(404, 10_062, 'Unknown interaction')
  }
  const type = Number(body.params['type'])
  if (type !== messageAtOnce && type !== messageLater) refuse(400, 50_035, 'Invalid Form Body')
  const data = body.params['data']
  const form = typeof data === 'object' && data !== null ? data : {}
  const message: DiscordMessage = {
    id: snowflake(),
    type: 20,
    channel_id: interaction.channelId,
    author: bot.user,
    webhook_id: bot.applicationId,
    content: type === messageAtOnce ? readContent(form as Readonly<Record<string, unknown>>) : '',
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    // The sign that the bot is thinking.
    flags: type === messageLater ? 1 << 7 : 0,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
  }
  interaction.acknowledgedAs = type
  interaction.messageId = message.id
  world.storeMessage(message, [])
  emit(interaction.channelId, 'MESSAGE_CREATE', forGateway(world, message))
}

function original({ world, bot, params }: RouteCall): MessageEntry {
  const interaction = bot.interactions.get(params[1] ?? '')
  if (!interaction || params[0] !== bot.applicationId || isExpired(interaction)) {
    return refuse(404, 10_015, 'Unknown Webhook')
  }
  const state = world.channels.get(interaction.channelId)
  const entry = state?.messages.get(interaction.messageId ?? '')
  return entry ?? refuse(404, 10_008, 'Unknown Message')
}

function isExpired({ createdAtMs }: Interaction): boolean {
  return Date.now() - createdAtMs > tokenLifetimeMs
}
