import type * as BaileysModule from '@whiskeysockets/baileys'
import { ChannelError } from '@junctor/channel'
import { quietSignal } from './quiet-signal.ts'

export type Baileys = typeof BaileysModule
export type Socket = BaileysModule.WASocket
export type Content = BaileysModule.proto.IMessage
export type ContextInfo = BaileysModule.proto.IContextInfo
export type Stanza = BaileysModule.BinaryNode
export type Credentials = BaileysModule.AuthenticationCreds
export type SignalKeys = BaileysModule.SignalKeyStore

/** Loaded when an account opens: the GPL-licensed library under it is installed by those who want WhatsApp, and only by them. */
export async function loadBaileys(): Promise<Baileys> {
  quietSignal()
  try {
    return await import('@whiskeysockets/baileys')
  } catch (cause) {
    throw new ChannelError(
      'whatsapp',
      'UNSUPPORTED',
      `The WhatsApp channel needs Baileys, which cannot be loaded (${String(cause)}). Run \`npm install @whiskeysockets/baileys@7.0.0-rc14\`.`,
      { cause },
    )
  }
}
