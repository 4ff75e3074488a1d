export { createDiscordServer } from './discord/server.ts'
export { personId } from './discord/people.ts'
export { snowflake } from './discord/snowflake.ts'
export type { DiscordServer, DiscordServerOptions } from './discord/server.ts'
export type { DiscordBot } from './discord/bot.ts'
export type { DiscordBotOptions, Interaction } from './discord/bot-state.ts'
export type { DiscordReaction, DiscordSay } from './discord/people.ts'
export type { Places } from './discord/places.ts'
export type { RateLimit } from './discord/rate-limits.ts'
export type {
  DiscordAttachment,
  DiscordCall,
  DiscordChannel,
  DiscordMessage,
  DiscordUser,
  ShownDiscordMessage,
} from './discord/types.ts'
