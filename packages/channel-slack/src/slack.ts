import type { Capabilities, Channel } from '@junctor/channel'
import { openAccount } from './account.ts'
import { slackConfig, type SlackConfig } from './config.ts'
import { maxFileBytes, maxTextLength } from './limits.ts'
import { withDefaults, type SlackOptions } from './options.ts'
import { createSiblings } from './siblings.ts'

const capabilities: Capabilities = {
  maxTextLength,
  threads: true,
  files: { maxBytes: maxFileBytes },
  // https://docs.slack.dev/reference/methods/chat.update is limited to some 50 calls a minute.
  edit: { minIntervalMs: 1200 },
  // https://docs.slack.dev/reference/methods/chat.appendStream: more than a hundred a minute, for all streams of a workspace.
  stream: { minIntervalMs: 600 },
  remove: true,
  reactions: true,
  // https://docs.slack.dev/reference/methods/assistant.threads.setStatus: it goes by itself after two minutes.
  typing: { ttlMs: 100_000 },
  idempotentSend: false,
}

/** The Slack channel: apps by Socket Mode or by events over HTTP, one account for each workspace. */
export function slack(options: SlackOptions = {}): Channel<SlackConfig> {
  const timing = withDefaults(options)
  const siblings = createSiblings()
  return {
    spec: 'channel-v1',
    id: 'slack',
    capabilities,
    config: slackConfig,
    open: (config, host) => openAccount(config, host, { timing, siblings }),
  }
}
