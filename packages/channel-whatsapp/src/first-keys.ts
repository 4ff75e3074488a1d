import type { Logger } from '@junctor/channel'
import type { Baileys, Credentials, Socket, Stanza } from './baileys.ts'

/**
 * Uploads the one-time keys of a device that is new, before Baileys looks whether there are any: its own upload leaves a timer
 * behind that keeps a finished process alive for half a minute.
 */
export function uploadFirstKeys(
  socket: Socket,
  credentials: Credentials,
  { baileys, log }: { readonly baileys: Baileys; readonly log: Logger },
): void {
  const { ws, ev, authState } = socket
  const listeners = ws.listeners('CB:success') as ((stanza: Stanza) => Promise<void>)[]
  ws.removeAllListeners('CB:success')

  const upload = async (): Promise<void> => {
    const state = { creds: credentials, keys: authState.keys }
    const { update, node } = await baileys.getNextPreKeysNode(state, baileys.INITIAL_PREKEY_COUNT)
    ev.emit('creds.update', update)
    await socket.query(node)
  }

  ws.on('CB:success', (stanza: Stanza) => {
    const isNew = credentials.firstUnuploadedPreKeyId <= 1
    const uploaded = isNew ? upload() : Promise.resolve()
    void uploaded
      // Baileys counts what the server has and makes up for what is missing.
      .catch((error: unknown) => log.warn({ error: String(error) }, 'WhatsApp took no new keys'))
      .then(() => Promise.all(listeners.map((listener) => listener(stanza))))
  })
}
