import { refuse, type TelegramUpdate } from './types.ts'

/** The updates that one bot has not confirmed, and the one long poll that may wait for them. */
export interface UpdateQueue {
  push(update: TelegramUpdate): void
  poll(request: PollRequest): Promise<readonly TelegramUpdate[]>
  /** The oldest waiting update, for a webhook. */
  first(): TelegramUpdate | undefined
  confirm(offset: number): void
  /** End the poll that waits, as Telegram does for the older of two. */
  interrupt(): void
  waiting(): readonly TelegramUpdate[]
  confirmed(): readonly TelegramUpdate[]
  isPolled(): boolean
  clear(): void
}

export interface PollRequest {
  readonly limit: number
  readonly timeoutSeconds: number
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

const conflict =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running'

export function createQueue(onChange: () => void): UpdateQueue {
  let updates: TelegramUpdate[] = []
  let confirmed: TelegramUpdate[] = []
  let poll: { readonly wake: (reason: 'update' | 'conflict' | 'gone') => void } | undefined

  const confirm = (offset: number): void => {
    if (offset < 0) {
      updates = updates.slice(offset)
      return
    }
    if (updates.length === 0) return
    const done = updates.filter((update) => update.update_id < offset)
    if (done.length === 0) return
    updates = updates.filter((update) => update.update_id >= offset)
    for (const update of done) confirmed.push(update)
    onChange()
  }

  const arrive = (): void => {
    const waiting = poll
    // After the current run of pushes, so that a burst leaves as one batch.
    if (waiting) queueMicrotask(() => waiting.wake('update'))
    onChange()
  }

  return {
    push(update) {
      updates.push(update)
      arrive()
    },
    async poll({ limit, timeoutSeconds, signal }) {
      poll?.wake('conflict')
      if (updates.length === 0 && timeoutSeconds > 0) {
        const reason = await new Promise<string>((resolve) => {
          const done = (why: string): void => {
            clearTimeout(timer)
            signal.removeEventListener('abort', gone)
            if (poll === mine) poll = undefined
            resolve(why)
          }
          const gone = (): void => done('gone')
          const mine = { wake: done }
          const timer = setTimeout(() => done('timeout'), timeoutSeconds * 1000)
          signal.addEventListener('abort', gone)
          poll = mine
          onChange()
        })
        if (reason === 'conflict') refuse(409, conflict)
      }
      return updates.slice(0, limit)
    },
    first: () => updates[0],
    confirm,
    interrupt: () => poll?.wake('conflict'),
    waiting: () => updates,
    confirmed: () => confirmed,
    isPolled: () => poll !== undefined,
    clear() {
      updates = []
      confirmed = []
    },
  }
}
