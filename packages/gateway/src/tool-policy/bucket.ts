import type { Throttle } from '@junctor/config'

/** What is left of a limit. */
export interface Bucket {
  readonly tokens: number
  /** When that was so, in milliseconds since 1970. */
  readonly at: number
}

/** What has come back since. `nextAt` is when there is room for one more call. */
export function fill(
  { calls, perMs }: Throttle,
  bucket: Bucket | undefined,
  at: number,
): { readonly tokens: number; readonly nextAt: number } {
  // A clock that went back gives nothing; one that was far ahead must not take the tool away for as long.
  if (bucket === undefined || bucket.at - at > perMs) return { tokens: calls, nextAt: at }
  const passed = Math.max(0, at - bucket.at)
  const tokens = Math.min(calls, bucket.tokens + (passed * calls) / perMs)
  return { tokens, nextAt: Math.ceil(at + (Math.max(0, 1 - tokens) * perMs) / calls) }
}
