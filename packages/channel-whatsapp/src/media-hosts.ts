import type { Settings } from './options.ts'
import { whatsAppError } from './errors.ts'

/** https://mmg.whatsapp.net serves every file, whichever host took it. */
const DOWNLOAD_ORIGIN = 'https://mmg.whatsapp.net'

/** Where a path of a message leads: to WhatsApp, whatever the path says. */
export function downloadUrl(path: string, { server }: Settings): URL {
  const origin = new URL(server?.mediaUrl ?? DOWNLOAD_ORIGIN).origin
  const url = new URL(path, origin)
  if (!path.startsWith('/') || url.origin !== origin) {
    throw whatsAppError('FORBIDDEN', 'the file does not lie on the media hosts of WhatsApp.')
  }
  return url
}

/** The hosts that the server names for uploads, as far as they are WhatsApp's. */
export function uploadOrigins(
  hosts: readonly { readonly hostname: string }[],
  { server }: Settings,
): readonly string[] {
  if (server) return [new URL(server.mediaUrl).origin]
  return hosts
    .filter(({ hostname }) => /^[a-z0-9.-]+\.whatsapp\.net$/.test(hostname))
    .map(({ hostname }) => `https://${hostname}`)
}
