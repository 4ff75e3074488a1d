import type { ChannelHost, Health } from './channel.ts'

/** What an account says of its parts, each on its own. */
export interface HealthBoard {
  /** What comes in, and whether the credentials still hold where that is asked apart. */
  set(part: 'connection' | 'credentials', health: Health): void
  /** Whether the host stored what came in last. An account that cannot hand over its messages is not well. */
  storing(works: boolean): void
}

const severity: readonly Health['state'][] = [
  'online',
  'connecting',
  'degraded',
  'offline',
  'needs-login',
]

/** Reports the worst of what the parts say, whenever that changes. Without a word of the connection it is `connecting`. */
export function createHealthBoard({ report }: Pick<ChannelHost, 'report'>): HealthBoard {
  const parts = new Map<string, Health>([
    ['connection', { state: 'connecting', reason: 'connecting' }],
  ])
  let last: string | undefined

  const set = (part: string, health: Health): void => {
    parts.set(part, health)
    const worst = [...parts.values()].reduce((one, other) =>
      severity.indexOf(other.state) > severity.indexOf(one.state) ? other : one,
    )
    const text = JSON.stringify(worst)
    if (text === last) return
    last = text
    report(worst)
  }

  return {
    set,
    storing(works) {
      if (!works)
        set('store', { state: 'degraded', reason: 'incoming messages could not be stored' })
      else if (parts.has('store')) set('store', { state: 'online' })
    },
  }
}
