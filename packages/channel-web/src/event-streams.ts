import { formatPageEvent, type PageEvent } from './page-event.ts'

export interface EventStreams {
  /** A stream for one more tab. Ends when the tab leaves, falls too far behind, or `close` is called. */
  open(conversation: string): ReadableStream<Uint8Array>
  publish(conversation: string, event: PageEvent): void
  close(): void
}

export interface EventStreamsOptions {
  readonly keepaliveMs: number
  readonly maxBufferedBytes: number
}

interface Listener {
  push(event: PageEvent): void
  end(): void
}

const encoder = new TextEncoder()

export function createEventStreams({
  keepaliveMs,
  maxBufferedBytes,
}: EventStreamsOptions): EventStreams {
  const listeners = new Map<string, Set<Listener>>()
  let keepalive: NodeJS.Timeout | undefined

  const publish = (conversation: string, event: PageEvent): void => {
    for (const listener of listeners.get(conversation) ?? []) listener.push(event)
  }

  const add = (conversation: string, listener: Listener): void => {
    const group = listeners.get(conversation) ?? new Set()
    listeners.set(conversation, group.add(listener))
    keepalive ??= setInterval(() => {
      for (const name of listeners.keys()) publish(name, { type: 'ping' })
    }, keepaliveMs)
  }

  const remove = (conversation: string, listener: Listener): void => {
    const group = listeners.get(conversation)
    group?.delete(listener)
    if (group?.size === 0) listeners.delete(conversation)
    if (listeners.size > 0) return
    clearInterval(keepalive)
    keepalive = undefined
  }

  return {
    open(conversation) {
      const { stream, listener } = createListener(maxBufferedBytes, () =>
        remove(conversation, listener),
      )
      add(conversation, listener)
      listener.push({ type: 'ready' })
      return stream
    },
    publish,
    close() {
      for (const group of listeners.values()) {
        for (const listener of group) listener.end()
      }
    },
  }
}

/**
 * One tab. What it does not read yet waits here, where a newer text of the same message replaces the older one; a tab
 * that still falls behind is disconnected, and loads the conversation again when it comes back.
 */
function createListener(
  maxBufferedBytes: number,
  onEnd: () => void,
): { readonly stream: ReadableStream<Uint8Array>; readonly listener: Listener } {
  const waiting: PageEvent[] = []
  let waitingBytes = 0
  let isOver = false
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined

  const flush = (): void => {
    while ((controller?.desiredSize ?? 0) > 0) {
      const event = waiting.shift()
      if (event === undefined) return
      waitingBytes -= sizeOf(event)
      controller?.enqueue(encoder.encode(formatPageEvent(event)))
    }
  }

  const finish = (): void => {
    if (isOver) return
    isOver = true
    waiting.length = 0
    onEnd()
  }

  const end = (): void => {
    if (!isOver) controller?.close()
    finish()
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start: (given) => {
        controller = given
      },
      pull: flush,
      cancel: finish,
    },
    { highWaterMark: 1 },
  )

  const push = (event: PageEvent): void => {
    if (isOver) return
    const replaced = waiting.findIndex((other) => isReplacedBy(other, event))
    const old = waiting[replaced]
    const next = old === undefined ? event : replace(old, event)
    if (old === undefined) waiting.push(next)
    else waiting[replaced] = next
    waitingBytes += sizeOf(next) - (old === undefined ? 0 : sizeOf(old))
    flush()
    if (waitingBytes > maxBufferedBytes) end()
  }

  return { stream, listener: { push, end } }
}

function isReplacedBy(old: PageEvent, event: PageEvent): boolean {
  if (event.type === 'ping' || event.type === 'typing') return old.type === event.type
  return event.type === 'edit' && 'nativeId' in old && old.nativeId === event.nativeId
}

function replace(old: PageEvent, event: PageEvent): PageEvent {
  if (old.type !== 'message' || event.type !== 'edit') return event
  const { format: _, ...message } = old
  return { ...message, ...event, type: 'message' }
}

// UTF-16 takes two bytes for a unit; the rest of an event is small.
function sizeOf(event: PageEvent): number {
  return 128 + ('text' in event ? event.text.length * 2 : 0)
}
