export { discord } from './discord.ts'
export type { DiscordOptions } from './options.ts'
export type { DiscordConfig } from './config.ts'
