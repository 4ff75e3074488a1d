import type { DiscordBotState } from './bot-state.ts'
import { channelTypes } from './types.ts'
import type { GuildState, World } from './world.ts'

/** https://discord.com/developers/docs/events/gateway-events#guild-create */
export function guildPayload(world: World, guild: GuildState, bot: DiscordBotState): object {
  const own = [...world.channels.values()]
    .map(({ channel }) => channel)
    .filter(({ guild_id: guildId }) => guildId === guild.id)
  return {
    id: guild.id,
    name: guild.name,
    unavailable: false,
    large: false,
    member_count: 2,
    joined_at: guild.joinedAt,
    roles: rolesOf(guild, bot),
    members: [],
    channels: own.filter(({ type }) => type !== channelTypes.thread),
    // Archived threads are left out.
    threads: own.filter(
      ({ type, thread_metadata: metadata }) =>
        type === channelTypes.thread && metadata?.archived !== true,
    ),
  }
}

export function rolesOf(guild: GuildState, bot: DiscordBotState): readonly object[] {
  return [
    { id: guild.id, name: '@everyone', permissions: '0' },
    {
      id: ownRoleId(guild, bot),
      name: bot.user.username,
      permissions: '0',
      managed: true,
      tags: { bot_id: bot.user.id },
    },
  ]
}

/** The role that Discord makes for a bot in each guild. */
function ownRoleId(guild: GuildState, { user }: Pick<DiscordBotState, 'user'>): string {
  return String(BigInt(guild.id) + (BigInt(user.id) % 1000n) + 1n)
}
