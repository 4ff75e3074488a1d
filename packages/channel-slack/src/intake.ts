import { createBackoff, type ChannelHost, type HealthBoard } from '@junctor/channel'
import type { Timing } from './options.ts'

/** Something that has to be stored before anything later of the same conversation is. */
export interface Task {
  readonly conversation: string
  /** Whatever has the same id is the same thing, offered once more. */
  readonly id: string
  /** Rejects when it could not be stored: it is tried again. */
  readonly run: () => Promise<void>
}

export interface Intake {
  /** Resolves once it is stored. Rejects when the account is closed first: it must not be acknowledged. */
  offer(task: Task): Promise<void>
  /** Resolves when nothing is being handed over any more. */
  readonly ended: () => Promise<void>
}

export interface IntakeOptions {
  readonly host: ChannelHost
  readonly timing: Timing
  readonly health: HealthBoard
  /** Nothing is handed over before it resolves. */
  readonly ready: Promise<void>
  readonly signal: AbortSignal
}

interface Entry {
  readonly task: Task
  readonly stored: PromiseWithResolvers<void>
}

/** More than this waits with Slack, which offers it again. */
const mostWaiting = 5000

/**
 * Conversations side by side, each in order: what cannot be stored is tried again here, and holds up what follows it.
 * Slack's own retries come too late for that, and find their event still waiting.
 */
export function createIntake({ host, timing, health, ready, signal }: IntakeOptions): Intake {
  const queues = new Map<string, Entry[]>()
  const running = new Set<Promise<void>>()
  const failing = new Set<string>()
  let waiting = 0

  const work = async (conversation: string, queue: Entry[]): Promise<void> => {
    await ready
    for (let entry = queue[0]; entry !== undefined; entry = queue[0]) {
      if (signal.aborted) entry.stored.reject(new Error('The account was closed.'))
      else if (await store(entry)) entry.stored.resolve()
      else continue
      queue.shift()
      waiting -= 1
    }
    queues.delete(conversation)
  }

  const store = async ({ task }: Entry): Promise<boolean> => {
    const backoff = createBackoff(timing)
    while (!signal.aborted)
      try {
        await task.run()
        if (failing.delete(task.id) && failing.size === 0) health.storing(true)
        return true
      } catch (error) {
        host.log.warn({ id: task.id, error }, 'Slack event was not stored, and is tried again')
        failing.add(task.id)
        health.storing(false)
        await backoff.pause(signal)
      }
    return false
  }

  return {
    offer(task) {
      const queue = queues.get(task.conversation)
      const known = queue?.find((entry) => entry.task.id === task.id)
      if (known !== undefined) return known.stored.promise
      if (waiting >= mostWaiting)
        return Promise.reject(new Error(`${waiting} events wait to be stored already.`))
      waiting += 1
      const entry: Entry = { task, stored: Promise.withResolvers() }
      if (queue !== undefined) {
        queue.push(entry)
        return entry.stored.promise
      }
      const fresh = [entry]
      queues.set(task.conversation, fresh)
      const worked = work(task.conversation, fresh)
      running.add(worked)
      void worked.finally(() => running.delete(worked))
      return entry.stored.promise
    },
    async ended() {
      await Promise.all(running)
    },
  }
}
