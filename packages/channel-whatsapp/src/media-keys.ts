import type { Baileys } from './baileys.ts'
import type { MediaKind } from './media-reference.ts'

export interface MediaKeys {
  readonly cipherKey: Uint8Array
  readonly iv: Uint8Array
  readonly macKey: Uint8Array
}

/** What the key in a message opens a file with. */
export async function mediaKeys(
  key: Uint8Array,
  kind: MediaKind,
  { getMediaKeys }: Baileys,
): Promise<MediaKeys> {
  const { cipherKey, iv, macKey } = await getMediaKeys(key, kind)
  if (!macKey) throw new TypeError('Baileys derives no key for the authentication code')
  return { cipherKey, iv, macKey }
}
