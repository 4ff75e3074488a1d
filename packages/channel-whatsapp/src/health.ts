import type { ChannelHost, Health } from '@junctor/channel'

/** One state out of two: of the connection, and of the store behind the host. Only changes are reported. */
export interface HealthReport {
  connection(health: Health): void
  storing(works: boolean): void
}

export function createHealthReport(host: ChannelHost): HealthReport {
  let connection: Health = { state: 'connecting', reason: 'connecting to WhatsApp' }
  let isStoring = true
  let last = JSON.stringify(connection)

  const report = (): void => {
    const health: Health =
      connection.state === 'online' && !isStoring
        ? { state: 'degraded', reason: 'incoming messages could not be stored' }
        : connection
    const text = JSON.stringify(health)
    if (text === last) return
    last = text
    host.report(health)
  }

  return {
    connection(health) {
      connection = health
      report()
    },
    storing(works) {
      if (works === isStoring) return
      isStoring = works
      report()
    },
  }
}
