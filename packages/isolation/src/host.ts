import { createWire, type Failure, type Frame, type Handler, type Wire } from './wire.ts'

export interface HostOptions {
  /** What the other side may ask of this process, beside `ping`. */
  readonly handlers: { readonly [method: string]: Handler }
  readonly toError: (failure: Failure) => Error
  /** Awaited before the process ends because its host is gone. */
  readonly close?: () => Promise<void>
}

/** In a process that `startProcess` started: the way to the one that did. Without it the process ends. */
export function connectToHost({ handlers, toError, close }: HostOptions): Wire {
  const wire = createWire({
    post: (frame) => process.send?.(frame),
    handlers: { ...handlers, ping: () => process.memoryUsage.rss() },
    toError,
  })
  process.on('message', (frame: Frame) => wire.receive(frame))
  process.on('disconnect', () => {
    void Promise.resolve(close?.()).finally(() => process.exit())
  })
  return wire
}
