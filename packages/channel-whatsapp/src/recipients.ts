import type { Baileys } from './baileys.ts'
import { whatsAppError } from './errors.ts'
import type { Stream } from './stream.ts'

/** Makes sure that there is somebody to write to: a message to nobody is accepted and goes nowhere. */
export interface Recipients {
  /** Throws `NOT_FOUND`, or `UNAVAILABLE` when WhatsApp does not say. */
  require(stream: Stream, jid: string): Promise<void>
}

export function createRecipients(baileys: Baileys): Recipients {
  const known = new Set<string>()

  return {
    async require({ socket, groups }, jid) {
      if (baileys.isJidGroup(jid)) {
        await groups.find(jid).catch((error: unknown) => {
          throw groupError(jid, error)
        })
        return
      }
      if (known.has(jid) || baileys.isLidUser(jid)) return
      const user = baileys.jidDecode(jid)?.user ?? ''
      const mapped = await socket.authState.keys.get('lid-mapping', [user])
      if (mapped[user] === undefined) {
        const answer = await socket.onWhatsApp(jid).catch((cause: unknown) => {
          throw whatsAppError('UNAVAILABLE', 'it could not be asked who has an account.', { cause })
        })
        if (!answer) throw whatsAppError('UNAVAILABLE', 'nobody said whether the number exists.')
        if (!answer.some(({ exists }) => exists)) {
          throw whatsAppError('NOT_FOUND', `+${user} has no WhatsApp account.`)
        }
      }
      known.add(jid)
    },
  }
}

function groupError(jid: string, cause: unknown): Error {
  const status = cause instanceof Error && 'data' in cause ? cause.data : undefined
  if (status === 404) return whatsAppError('NOT_FOUND', `there is no group ${jid}.`, { cause })
  if (status === 401 || status === 403) {
    return whatsAppError('FORBIDDEN', `this account is not in the group ${jid}.`, { cause })
  }
  return whatsAppError('UNAVAILABLE', `the members of ${jid} could not be asked for.`, { cause })
}
