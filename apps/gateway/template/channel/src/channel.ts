import { ChannelError, type Channel } from '@junctor/channel'
import { configSchema, type Config } from './config.ts'

export const channel: Channel<Config> = {
  spec: 'channel-v1',
  id: '__name__',
  // What the platform can do. The gateway splits, throttles and streams by this.
  capabilities: {
    maxTextLength: 4000,
    threads: false,
    files: false,
    edit: false,
    remove: false,
    reactions: false,
    typing: false,
    idempotentSend: false,
  },
  config: configSchema,
  /**
   * Connects one account. Hand every event to `host.receive(envelope)` and acknowledge it to the platform only after that
   * has resolved. Reconnect by yourself, and tell `host.report` how it stands.
   */
  async open(_config, _host) {
    throw new ChannelError('__name__', 'UNSUPPORTED', '__name__: open is not written yet')
  },
}
