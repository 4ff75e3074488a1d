import type { Capabilities, Channel } from '@junctor/channel'
import { openAccount } from './account.ts'
import { whatsAppConfig, type WhatsAppConfig } from './config.ts'
import { maxFileBytes, maxTextLength, editWindowMs } from './limits.ts'
import { withDefaults, type WhatsAppOptions } from './options.ts'

const capabilities: Capabilities = {
  maxTextLength,
  threads: false,
  files: { maxBytes: maxFileBytes },
  // Every edit is marked as one and may notify: answers are posted whole.
  edit: { minIntervalMs: 1000, windowMs: editWindowMs, drafts: false },
  remove: true,
  reactions: true,
  // The apps show the sign for about 25 seconds.
  typing: { ttlMs: 10_000 },
  // The sender picks the id of a message, and the apps show one message per id.
  idempotentSend: true,
}

/** The WhatsApp channel: a linked device of a phone number. */
export function whatsapp(options: WhatsAppOptions = {}): Channel<WhatsAppConfig> {
  const settings = withDefaults(options)
  return {
    spec: 'channel-v1',
    id: 'whatsapp',
    capabilities,
    config: whatsAppConfig,
    open: (config, host) => openAccount(config, host, settings),
  }
}
