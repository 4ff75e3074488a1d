/** What crosses the border between the two processes. Plain data that survives a structured clone. */
export type Frame =
  | {
      readonly type: 'call'
      readonly id: number
      readonly method: string
      readonly params: readonly unknown[]
    }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly type: 'abort'; readonly id: number }

/** An error without its class: what the other side needs to make one of its own. */
export interface Failure {
  readonly message: string
  readonly code?: string
  readonly retryAfterMs?: number
}

export interface CallOptions {
  /** Tells the other side to stop. Its answer, an error as a rule, still settles the call. */
  readonly signal?: AbortSignal | undefined
}

export type Handler = (params: readonly unknown[], signal: AbortSignal) => unknown

/** Both ends of the border: calls in either direction, each with one answer. */
export interface Wire {
  call(method: string, params: readonly unknown[], options?: CallOptions): Promise<unknown>
  receive(frame: Frame): void
  /** The other side is gone: every call in flight fails with this. */
  end(error: Error): void
}

export interface WireOptions {
  readonly post: (frame: Frame) => void
  readonly handlers: { readonly [method: string]: Handler }
  /** Makes the error of a call from what the other side said. */
  readonly toError: (failure: Failure) => Error
}

export function createWire({ post, handlers, toError }: WireOptions): Wire {
  const calls = new Map<number, PromiseWithResolvers<unknown>>()
  const running = new Map<number, AbortController>()
  let lastId = 0
  let ended: Error | undefined

  const answer = async (id: number, method: string, params: readonly unknown[]): Promise<void> => {
    const abort = new AbortController()
    running.set(id, abort)
    try {
      const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
      if (handler === undefined) throw new TypeError(`There is nothing called "${method}" here.`)
      post({ type: 'result', id, value: await handler(params, abort.signal) })
    } catch (error) {
      post({ type: 'failure', id, failure: toFailure(error) })
    } finally {
      running.delete(id)
    }
  }

  return {
    async call(method, params, { signal } = {}) {
      if (ended !== undefined) throw ended
      lastId += 1
      const id = lastId
      const call = Promise.withResolvers<unknown>()
      calls.set(id, call)
      const abort = (): void => post({ type: 'abort', id })
      post({ type: 'call', id, method, params })
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
      try {
        return await call.promise
      } finally {
        calls.delete(id)
        signal?.removeEventListener('abort', abort)
      }
    },
    receive(frame) {
      switch (frame.type) {
        case 'call':
          void answer(frame.id, frame.method, frame.params)
          return
        case 'abort':
          running.get(frame.id)?.abort()
          return
        case 'result':
          calls.get(frame.id)?.resolve(frame.value)
          return
        case 'failure':
          calls.get(frame.id)?.reject(toError(frame.failure))
      }
    },
    end(error) {
      ended = error
      for (const call of calls.values()) call.reject(error)
      for (const abort of running.values()) abort.abort()
    },
  }
}

export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { message: JSON.stringify(error) ?? 'no reason given' }
  const { message, code, retryAfterMs } = error as Error & { readonly [key: string]: unknown }
  return {
    message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}),
  }
}
