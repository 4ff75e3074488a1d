import { setTimeout as sleep } from 'node:timers/promises'
import { ChannelError, type HealthBoard } from '@junctor/channel'
import type { Timing } from './options.ts'
import type { Api } from './web-api.ts'

export interface PulseOptions {
  readonly api: Api
  readonly timing: Timing
  readonly health: HealthBoard
  readonly signal: AbortSignal
}

/** Silence is not health: the bot token is tried again and again, until the signal aborts. */
export async function keepPulse({ api, timing, health, signal }: PulseOptions): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    await sleep(timing.pulseMs, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return
    try {
      await api.call('auth.test', signal, (client) => client.auth.test())
      failures = 0
      health.set('credentials', { state: 'online' })
    } catch (error) {
      if (signal.aborted) return
      const reason = error instanceof Error ? error.message : String(error)
      const code = ChannelError.isInstance(error) ? error.code : undefined
      failures += 1
      if (code === 'UNAUTHORIZED')
        health.set('credentials', {
          state: 'needs-login',
          reason: `Slack refuses the bot token; set a new botToken (${reason})`,
        })
      else if (code !== 'RATE_LIMITED')
        health.set('credentials', { state: failures < 4 ? 'degraded' : 'offline', reason })
    }
  }
}
