import type { Capabilities, Channel, ConfigSchema } from '@junctor/channel'
import { openConnection } from './connection.ts'
import { loadPage } from './page.ts'

export interface WebOptions {
  readonly now?: () => number
  /** How often an idle event stream shows that it is alive. Default: 15 seconds. */
  readonly keepaliveMs?: number
  /** How much one slow browser may hold back before it must start again. Default: 1 MiB. */
  readonly maxBufferedBytes?: number
}

const capabilities: Capabilities = {
  maxTextLength: 100_000,
  threads: false,
  files: false,
  edit: { minIntervalMs: 50 },
  remove: false,
  reactions: false,
  typing: { ttlMs: 5000 },
  idempotentSend: true,
  agentChoice: true,
}

/** The chat page. Whoever mounts it lets only authenticated requests through: the page itself asks for no credential. */
export function web({
  now = Date.now,
  keepaliveMs = 15_000,
  maxBufferedBytes = 1024 * 1024,
}: WebOptions = {}): Channel<WebConfig> {
  return {
    spec: 'channel-v1',
    id: 'web',
    capabilities,
    config: configSchema,
    async open(_config, host) {
      const page = await loadPage()
      const connection = openConnection({
        host,
        page,
        now,
        keepaliveMs,
        maxBufferedBytes,
        maxTextLength: capabilities.maxTextLength,
      })
      host.report({ state: 'online' })
      return connection
    },
  }
}

/** There is nothing to set for an account. */
export type WebConfig = Readonly<Record<string, never>>

const configSchema: ConfigSchema<WebConfig> = {
  '~standard': {
    version: 1,
    vendor: 'junctor',
    validate: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return { issues: [{ message: 'A web account must be an object', path: [] }] }
      }
      const keys = Object.keys(value)
      if (keys.length === 0) return { value: {} }
      return {
        issues: keys.map((key) => ({
          message: `"${key}" is not a setting of a web account: it has none`,
          path: [key],
        })),
      }
    },
  },
}
