import { createHash, timingSafeEqual } from 'node:crypto'

export function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** Takes the same time for every wrong guess: what is compared are digests of equal length. */
export function matchesDigest(text: string, digest: Uint8Array): boolean {
  return timingSafeEqual(sha256(text), digest)
}
