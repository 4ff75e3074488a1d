import type { ChannelHost, Health } from '@junctor/channel'

/** What can be wrong with an account, each on its own: what comes in, what is stored, what the bot token says. */
export type HealthSource = 'events' | 'store' | 'token'

/** The worst of what the parts of an account say. */
export interface HealthBoard {
  set(source: HealthSource, health: Health): void
}

const severity: readonly Health['state'][] = [
  'online',
  'connecting',
  'degraded',
  'offline',
  'needs-login',
]

/** Only changes are worth reporting. */
export function createHealthBoard(host: ChannelHost): HealthBoard {
  const parts = new Map<HealthSource, Health>()
  let last = ''

  return {
    set(source, health) {
      parts.set(source, health)
      const worst = [...parts.values()].reduce((one, other) =>
        severity.indexOf(other.state) > severity.indexOf(one.state) ? other : one,
      )
      const text = JSON.stringify(worst)
      if (text === last) return
      last = text
      host.report(worst)
    },
  }
}
