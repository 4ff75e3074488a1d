import type { Address } from '@junctor/channel'
import type { OpenConnection } from '../account.ts'

export interface ShowTypingOptions {
  readonly target: OpenConnection | undefined
  readonly address: Address
  /** Native id of the message that is being answered. */
  readonly replyTo?: string
  readonly signal: AbortSignal
}

/** An answer that comes sooner needs no typing sign. */
const FIRST_AFTER_MS = 400

/** Shows the platform's typing sign until `stop`. It is a courtesy: a platform that refuses it is not asked again. */
export function showTyping(options: ShowTypingOptions): { stop(): void } {
  const { target, address, replyTo, signal } = options
  const typing = target?.channel.capabilities.typing
  const connection = target?.connection
  if (typing === undefined || typing === false || connection?.typing === undefined)
    return { stop() {} }
  const sign = { signal, ...(replyTo === undefined ? {} : { replyTo }) }
  let timer: NodeJS.Timeout | undefined
  const show = (): void => {
    timer = setTimeout(show, typing.ttlMs * 0.8)
    connection.typing?.(address, sign).catch(() => clearTimeout(timer))
  }
  timer = setTimeout(show, FIRST_AFTER_MS)
  return {
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
