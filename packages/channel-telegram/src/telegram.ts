import type { Capabilities, Channel } from '@junctor/channel'
import { telegramConfig, type TelegramConfig } from './config.ts'
import { openAccount } from './account.ts'
import { withDefaults, type TelegramOptions } from './options.ts'

const capabilities: Capabilities = {
  // https://core.telegram.org/bots/api#sendmessage
  maxTextLength: 4096,
  threads: true,
  // https://core.telegram.org/bots/api#senddocument
  files: { maxBytes: 50 * 1024 * 1024 },
  // https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  edit: { minIntervalMs: 1000 },
  remove: true,
  reactions: true,
  // https://core.telegram.org/bots/api#sendchataction
  typing: { ttlMs: 5000 },
  idempotentSend: false,
}

/** The Telegram channel: bots by long polling or by webhook. */
export function telegram(options: TelegramOptions = {}): Channel<TelegramConfig> {
  const timing = withDefaults(options)
  return {
    spec: 'channel-v1',
    id: 'telegram',
    capabilities,
    config: telegramConfig,
    open: (config, host) => openAccount(config, host, timing),
  }
}
