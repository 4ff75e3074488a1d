import type * as BaileysModule from '@whiskeysockets/baileys'

export type Baileys = typeof BaileysModule
export type Message = BaileysModule.proto.IMessage
/** A stanza: what XML is to XMPP, in WhatsApp's binary encoding. */
export interface Stanza {
  tag: string
  attrs: { [name: string]: string }
  content?: Stanza[] | string | Uint8Array
}

/** The protocol buffers, ciphers and encodings of the client, so that both sides speak one dialect. */
export async function loadBaileys(): Promise<Baileys> {
  try {
    return await import('@whiskeysockets/baileys')
  } catch (cause) {
    throw new Error(
      'The WhatsApp server needs @whiskeysockets/baileys; run `npm install --save-dev @whiskeysockets/baileys@7.0.0-rc14`',
      { cause },
    )
  }
}

const ignore = (): void => {}

type Logger = BaileysModule.UserFacingSocketConfig['logger'] & object

/** What the client's parts want to log is of no interest here. */
export const silentLogger: Logger = {
  level: 'silent',
  child: (): Logger => silentLogger,
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
}
