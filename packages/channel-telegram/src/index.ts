export { telegram } from './telegram.ts'
export type { TelegramOptions } from './options.ts'
export type { TelegramConfig } from './config.ts'
