export { createTelegramServer } from './telegram/server.ts'
export type { TelegramServer, TelegramServerOptions } from './telegram/server.ts'
export type { TelegramBot } from './telegram/bot.ts'
export type { BotOptions } from './telegram/bot-state.ts'
export type { FileKind } from './telegram/files.ts'
export type { TelegramCommand, TelegramStats } from './telegram/main.ts'
export type { Say } from './telegram/people.ts'
export type {
  ChatType,
  ShownMessage,
  TelegramCall,
  TelegramChat,
  TelegramEntity,
  TelegramFile,
  TelegramMessage,
  TelegramUpdate,
  TelegramUser,
} from './telegram/types.ts'
