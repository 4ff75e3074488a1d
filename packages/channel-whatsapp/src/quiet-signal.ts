const levels = ['log', 'info', 'warn', 'error'] as const
let isQuiet = false

/** libsignal prints sessions with their private keys to the console; nothing that it says there gets through. */
export function quietSignal(): void {
  if (isQuiet) return
  isQuiet = true
  const output = globalThis.console
  for (const level of levels) {
    const print = output[level].bind(output)
    output[level] = (...values: unknown[]) => {
      if (!isCalledBySignal()) print(...values)
    }
  }
}

function isCalledBySignal(): boolean {
  // The frames above this function and the one that replaces the console's.
  const callers = new Error('stack').stack?.split('\n').slice(3, 6) ?? []
  return callers.some((frame) => /[\\/]libsignal[\\/]/.test(frame))
}
