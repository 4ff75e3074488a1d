import type { ChannelHost, Envelope, Health } from '@junctor/channel'

export interface RecordingHost {
  readonly host: ChannelHost
  readonly received: Envelope[]
  readonly health: Health[]
  readonly logged: (readonly [level: string, fields: object, message: string])[]
  readonly vault: Map<string, Uint8Array>
  drop(): void
}

/** A host that keeps what a channel tells it. */
export function recordingHost(): RecordingHost {
  const dropped = new AbortController()
  const received: Envelope[] = []
  const health: Health[] = []
  const logged: (readonly [string, object, string])[] = []
  const vault = new Map<string, Uint8Array>()
  const log =
    (level: string) =>
    (fields: object, message: string): void =>
      void logged.push([level, fields, message])
  return {
    received,
    health,
    logged,
    vault,
    drop: () => dropped.abort(),
    host: {
      accountId: 'first',
      log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
      vault: {
        read: async (key) => vault.get(key),
        write: async (key, value) => void vault.set(key, value),
        remove: async (key) => void vault.delete(key),
      },
      fetch: globalThis.fetch,
      commands: [{ name: 'status', description: 'Show' }],
      signal: dropped.signal,
      async receive(envelope) {
        received.push(envelope)
        return 'accepted'
      },
      report: (state) => void health.push(state),
    },
  }
}
