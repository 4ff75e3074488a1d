import type { IsolatedProcess } from './process.ts'

export interface WatchOptions {
  /** How long a process may not answer: it is in an endless loop, or the machine is out of memory. */
  readonly silenceMs: number
  /** The same until its first answer, where it is watched while it loads. Default: `silenceMs`. */
  readonly startMs?: number
  /** What it may use outside its heap too, in bytes. Default: anything. */
  readonly memoryLimitBytes?: number
  /** Why it is being ended. */
  readonly ending?: (reason: string) => void
}

/** Ends a process that does not answer any more or has become too large. Answers how to stop watching. */
export function watchProcess(
  { wire, kill }: Pick<IsolatedProcess, 'wire' | 'kill'>,
  { silenceMs, startMs = silenceMs, memoryLimitBytes = Infinity, ending = () => {} }: WatchOptions,
): () => void {
  let askedAt: number | undefined
  let hasBegun = false
  const end = (reason: string): void => {
    clearInterval(timer)
    ending(reason)
    kill()
  }
  const ask = (): void => {
    askedAt = Date.now()
    wire.call('ping', []).then(measured, () => {})
  }
  const measured = (bytes: unknown): void => {
    askedAt = undefined
    hasBegun = true
    if (typeof bytes === 'number' && bytes > memoryLimitBytes)
      end(`it used ${Math.round(bytes / 2 ** 20)} MiB of memory`)
  }
  const timer = setInterval(() => {
    const patienceMs = hasBegun ? silenceMs : startMs
    if (askedAt === undefined) ask()
    else if (Date.now() - askedAt > patienceMs) end(`it did not answer for ${patienceMs} ms`)
  }, silenceMs / 4)
  timer.unref()
  ask()
  return () => clearInterval(timer)
}
