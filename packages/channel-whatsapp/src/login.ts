import type { Logger, HealthBoard } from '@junctor/channel'
import type { OnQr } from './link.ts'

export interface LoginOptions {
  /** Digits of the number to link by code. */
  readonly phoneNumber: string | undefined
  readonly health: HealthBoard
  readonly log: Logger
}

/** Tells a person how to link the account: by the QR code, or by a code to type where a number is configured. */
export function createLogin({ phoneNumber, health, log }: LoginOptions): OnQr {
  if (phoneNumber === undefined) {
    const reason = 'scan the QR code with WhatsApp on the phone, under Settings → Linked devices'
    return (qr) => health.set('connection', { state: 'needs-login', reason, qr })
  }
  return (_qr, socket) => {
    // Every QR code that is due comes here; one code to type serves the whole connection.
    if (socket.authState.creds.pairingCode) return
    const ask = async (): Promise<void> => {
      const code = await socket.requestPairingCode(phoneNumber)
      const shown = `${code.slice(0, 4)}-${code.slice(4)}`
      const reason = `enter ${shown} in WhatsApp on the phone +${phoneNumber}, under Settings → Linked devices → Link with phone number`
      health.set('connection', { state: 'needs-login', reason })
    }
    ask().catch((error: unknown) =>
      log.warn({ error: String(error) }, 'WhatsApp gave no pairing code'),
    )
  }
}
