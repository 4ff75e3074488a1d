import type { Capabilities, Channel } from '@junctor/channel'
import { openAccount } from './account.ts'
import { discordConfig, type DiscordConfig } from './config.ts'
import { maxFileBytes } from './files.ts'
import { maxTextLength } from './formatted.ts'
import { withDefaults, type DiscordOptions } from './options.ts'

const capabilities: Capabilities = {
  maxTextLength,
  threads: true,
  files: { maxBytes: maxFileBytes },
  // Five edits in five seconds for each conversation.
  edit: { minIntervalMs: 1000 },
  remove: true,
  reactions: true,
  // https://discord.com/developers/docs/resources/channel#trigger-typing-indicator
  typing: { ttlMs: 10_000 },
  idempotentSend: true,
}

/** The Discord channel: bots, over the gateway and REST. */
export function discord(options: DiscordOptions = {}): Channel<DiscordConfig> {
  const timing = withDefaults(options)
  return {
    spec: 'channel-v1',
    id: 'discord',
    capabilities,
    config: discordConfig,
    open: (config, host) => openAccount(config, host, timing),
  }
}
