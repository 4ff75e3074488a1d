import type { ChannelError, Health } from '@junctor/channel'
import { whatsAppError } from './errors.ts'
import type { StreamEnd } from './stream.ts'

/** What the end of a stream means, and what is to be done about it. */
export interface Verdict {
  readonly next: 'restart' | 'retry' | 'link-again' | 'yield'
  /** What sends get until there is a new stream. Undefined for an end that belongs to the protocol. */
  readonly error?: ChannelError
  /** The health of the account after so many failures in a row. */
  readonly health: (failures: number) => Health
  /** Another try will not help sends that wait. */
  readonly isLasting: boolean
}

/** The codes are WhatsApp's own; a socket that could not be opened has one made up by Baileys. */
export function explainEnd({ code, reason }: StreamEnd, isLinked: boolean): Verdict {
  const isExpired = reason.includes('QR refs')
  // A phone that scans the very last QR code has linked the account all the same.
  if (code === 515 || (isExpired && isLinked)) {
    return { next: 'restart', health: connecting, isLasting: false }
  }
  if (isExpired) {
    return lasting(
      'link-again',
      whatsAppError('UNAUTHORIZED', 'no phone has linked this account.'),
      'the QR code expired; a new one follows',
    )
  }
  const asked = isLinked ? known[code] : undefined
  if (asked) return asked()
  const error = whatsAppError('UNAVAILABLE', `the connection ended (${code}: ${reason}).`)
  return {
    next: 'retry',
    error,
    health: (failures) => ({
      state: failures < 3 ? 'degraded' : 'offline',
      reason: `the connection to WhatsApp ended (${code}: ${reason})`,
    }),
    isLasting: false,
  }
}

const known: Readonly<Record<number, () => Verdict>> = {
  401: () =>
    lasting(
      'link-again',
      whatsAppError('UNAUTHORIZED', 'the phone has removed this device; link it again.'),
      'the phone has removed this device',
    ),
  403: () => {
    const problem = 'WhatsApp has locked this account (403); open the app on the phone'
    return {
      ...lasting('retry', whatsAppError('UNAUTHORIZED', `${problem}.`), problem),
      health: () => ({ state: 'offline', reason: problem }),
    }
  },
  405: () => {
    const problem =
      'WhatsApp no longer takes this version of the client (405); update @junctor/channel-whatsapp and Baileys'
    return {
      ...lasting('retry', whatsAppError('UNSUPPORTED', `${problem}.`), problem),
      health: () => ({ state: 'offline', reason: problem }),
    }
  },
  440: () => {
    const problem = 'another process uses this linked device; stop it, or link this account anew'
    return {
      ...lasting('yield', whatsAppError('CONFLICT', `${problem}.`), problem),
      health: () => ({ state: 'degraded', reason: problem }),
    }
  },
}

function lasting(next: Verdict['next'], error: ChannelError, reason: string): Verdict {
  return { next, error, health: () => ({ state: 'needs-login', reason }), isLasting: true }
}

function connecting(): Health {
  return { state: 'connecting', reason: 'WhatsApp restarts the connection' }
}
