import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelHost, Health } from '@junctor/channel'
import type { SimPlatform } from './platform.ts'

export interface IntakeOptions {
  readonly platform: SimPlatform
  readonly host: ChannelHost
  readonly redeliverAfterMs: number
  readonly signal: AbortSignal
}

/** Hand over what waits for one account, in order, until the signal aborts. Resolves when nothing is being handed over. */
export async function takeIn(options: IntakeOptions): Promise<void> {
  const { platform, host, redeliverAfterMs, signal } = options
  const queue = platform.queue(host.accountId)
  const report = reportChanges(host)

  while (!signal.aborted) {
    if (platform.isDown()) {
      report({ state: 'degraded', reason: 'the platform does not answer' })
      await nextChange(platform, signal)
      continue
    }
    const fault = platform.faults.take('receive', 'unauthorized', 'second-consumer')
    if (fault?.kind === 'unauthorized') {
      report({ state: 'needs-login', reason: 'the platform refuses the token' })
      return
    }
    if (fault) {
      report({ state: 'degraded', reason: 'another process took the connection over' })
      await sleep(redeliverAfterMs, undefined, { signal }).catch(() => {})
      continue
    }
    report({ state: 'online' })
    const [first, second] = queue
    if (!first) {
      await nextChange(platform, signal)
      continue
    }
    if (second && platform.faults.take('receive', 'reorder')) queue.splice(0, 2, second, first)
    const event = queue[0] ?? first
    try {
      await host.receive(event)
    } catch {
      await sleep(redeliverAfterMs, undefined, { signal }).catch(() => {})
      continue
    }
    if (!platform.faults.take('receive', 'duplicate')) queue.shift()
    platform.acknowledged.push(event.nativeId)
    platform.changed()
  }
}

function nextChange(platform: SimPlatform, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const stop = platform.onChange(done)
    signal.addEventListener('abort', done)
  })
}

function reportChanges(host: ChannelHost): (health: Health) => void {
  let last = ''
  return (health) => {
    if (health.state === last) return
    last = health.state
    host.report(health)
  }
}
