import { createBackoff, type ChannelHost } from '@junctor/channel'
import type { Timing } from './options.ts'

/** Done when it resolves; tried again, before anything behind it, when it rejects. */
export type Work = () => Promise<void>

/** What waits to be handed to the host: one after the other, in the order in which it came. */
export interface Lane {
  push(work: Work): void
  waiting(): number
  /** Resolves when the signal has aborted and nothing is being handed over any more. */
  readonly ended: Promise<void>
}

export interface LaneOptions {
  readonly host: ChannelHost
  readonly timing: Timing
  /** Whether the host takes what it is given. */
  readonly onStoring: (works: boolean) => void
  /** Everything that waited has been handed over. */
  readonly onEmpty: () => void
  readonly signal: AbortSignal
}

export function createLane({ host, timing, onStoring, onEmpty, signal }: LaneOptions): Lane {
  const backoff = createBackoff(timing)
  const works: Work[] = []
  let wake: (() => void) | undefined

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const [work] = works
      if (!work) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        continue
      }
      try {
        await work()
        works.shift()
        backoff.reset()
        onStoring(true)
        if (works.length === 0) onEmpty()
      } catch (error) {
        if (signal.aborted) return
        host.log.warn({ error, waiting: works.length }, 'Discord event was not stored')
        onStoring(false)
        await backoff.pause(signal)
      }
    }
  }
  signal.addEventListener('abort', () => wake?.(), { once: true })

  return {
    push(work) {
      works.push(work)
      wake?.()
    },
    waiting: () => works.length,
    ended: run(),
  }
}
