import type { Handler, Wire } from '@junctor/isolation'

/** Streams that the other side may read, by number. */
export interface StreamExports {
  /** Offers a source to the other side, which may open it as often as it likes until it is withdrawn. */
  offer(source: () => ReadableStream<Uint8Array>): number
  withdraw(source: number): void
  readonly handlers: { readonly [method: string]: Handler }
}

interface Opened {
  readonly source: number
  readonly reader: ReadableStreamDefaultReader<Uint8Array>
}

export function createStreamExports(): StreamExports {
  const sources = new Map<number, () => ReadableStream<Uint8Array>>()
  const opened = new Map<number, Opened>()
  let lastId = 0

  const finish = (id: number): void => {
    const reader = opened.get(id)?.reader
    opened.delete(id)
    // Nobody reads on; what the source says to that is of no use to anybody.
    reader?.cancel().catch(() => {})
  }

  return {
    offer(source) {
      lastId += 1
      sources.set(lastId, source)
      return lastId
    },
    withdraw(source) {
      sources.delete(source)
      for (const [id, stream] of opened) if (stream.source === source) finish(id)
    },
    handlers: {
      'stream.open'([source]): number {
        const open = sources.get(Number(source))
        if (open === undefined)
          throw new TypeError(`There is no stream ${String(source)} any more.`)
        lastId += 1
        opened.set(lastId, { source: Number(source), reader: open().getReader() })
        return lastId
      },
      async 'stream.read'([id]): Promise<Uint8Array | undefined> {
        const stream = opened.get(Number(id))
        if (stream === undefined) throw new TypeError(`Stream ${String(id)} is not open.`)
        const { done, value } = await stream.reader.read()
        if (done) finish(Number(id))
        return value
      },
      'stream.cancel': ([id]) => finish(Number(id)),
    },
  }
}

/** A stream that the other side offers, read piece by piece as it is wanted. */
export function importStream(wire: Wire, source: number): ReadableStream<Uint8Array> {
  let id: unknown
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        id ??= await wire.call('stream.open', [source])
        const chunk = await wire.call('stream.read', [id])
        if (chunk instanceof Uint8Array) controller.enqueue(chunk)
        else controller.close()
      },
      async cancel() {
        if (id !== undefined) await wire.call('stream.cancel', [id])
      },
    },
    // Nothing is fetched before somebody reads.
    { highWaterMark: 0 },
  )
}
