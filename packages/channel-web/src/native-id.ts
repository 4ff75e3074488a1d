import { createHash } from 'node:crypto'

/**
 * The same key gives the same id, even after a restart: this is what makes a send repeatable. The page knows messages by
 * id and keeps one of each.
 */
export function nativeIdFor(accountId: string, idempotencyKey: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([accountId, idempotencyKey]))
    .digest()
  const hex = digest.toString('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return `web-${groups.join('-')}-${hex.slice(20, 32)}`
}
