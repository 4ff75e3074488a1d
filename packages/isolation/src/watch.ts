import type { IsolatedProcess } from './process.ts'

export interface WatchOptions {
  /** How long a process may not answer: it is in an endless loop, or the machine is out of memory. */
  readonly silenceMs: number
  /** What it may use outside its heap too, in bytes. Default: anything. */
  readonly memoryLimitBytes?: number
  /** Why it is being ended. */
  readonly ending?: (reason: string) => void
}

/** Ends a process that does not answer any more or has become too large. Answers how to stop watching. */
export function watchProcess(
  { wire, kill }: Pick<IsolatedProcess, 'wire' | 'kill'>,
  { silenceMs, memoryLimitBytes = Infinity, ending = () => {} }: WatchOptions,
): () => void {
  let askedAt: number | undefined
  const end = (reason: string): void => {
    clearInterval(timer)
    ending(reason)
    kill()
  }
  const measured = (bytes: unknown): void => {
    askedAt = undefined
    if (typeof bytes === 'number' && bytes > memoryLimitBytes)
      end(`it used ${Math.round(bytes / 2 ** 20)} MiB of memory`)
  }
  const timer = setInterval(() => {
    if (askedAt === undefined) {
      askedAt = Date.now()
      wire.call('ping', []).then(measured, () => {})
    } else if (Date.now() - askedAt > silenceMs) end(`it did not answer for ${silenceMs} ms`)
  }, silenceMs / 4)
  timer.unref()
  return () => clearInterval(timer)
}
