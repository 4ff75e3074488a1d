import type { Socket } from './baileys.ts'

export interface Watchdog {
  stop(): void
}

/**
 * Baileys asks the server for a sign of life in every interval. When two intervals bring nothing at all the connection is cut: a
 * polite end would wait another half a minute for the silent server to agree.
 */
export function createWatchdog(socket: Socket, probeIntervalMs: number): Watchdog {
  const timer = setTimeout(() => cut(socket), 2 * probeIntervalMs)
  const seen = (): void => void timer.refresh()
  socket.ws.on('frame', seen)
  return {
    stop() {
      clearTimeout(timer)
      socket.ws.off('frame', seen)
    },
  }
}

/** Close the connection without asking the other side. Baileys' socket has no method for it. */
export function cut({ ws }: Socket): void {
  const raw: unknown = Reflect.get(ws, 'socket')
  if (typeof raw !== 'object' || raw === null || !('terminate' in raw)) return
  const { terminate } = raw
  if (typeof terminate === 'function') terminate.call(raw)
}
