import type { Envelope } from '@junctor/channel'
import { parseSessionKey } from '@junctor/session-key'
import type { InboxMessage } from '@junctor/store'
import { settingsOf } from '../admission.ts'
import { parseEnvelope } from '../envelopes.ts'
import { parseInternal } from '../internal/internal-message.ts'
import { roomOf } from '../room-settings.ts'
import type { Snapshot } from '../snapshot.ts'
import type { ToolPlace } from './gates.ts'

type Place = Pick<Envelope, 'channel' | 'accountId' | 'peer' | 'parents'>

/** Where the turn that answers a message uses its tools. */
export function toolPlace(
  admission: Snapshot['admission'],
  message: Pick<InboxMessage, 'body'>,
  sessionKey: string,
  model: string | undefined,
): ToolPlace {
  const chosen = model === undefined ? {} : { model }
  if (parseInternal(message.body) !== undefined)
    return { ...sessionToolPlace(admission, sessionKey), ...chosen }
  return { sessionKey, ...chosen, ...roomTools(admission, parseEnvelope(message.body)) }
}

/** The same where no message tells: by the room of the session. */
export function sessionToolPlace(admission: Snapshot['admission'], sessionKey: string): ToolPlace {
  const place = placeOfSession(sessionKey)
  return { sessionKey, ...(place === undefined ? {} : roomTools(admission, place)) }
}

/** The room that a session belongs to, as far as its key tells. */
export function placeOfSession(sessionKey: string): Place | undefined {
  const parts = parseSessionKey(sessionKey)
  if (parts.kind !== 'group' && parts.kind !== 'channel') return undefined
  const { channel, accountId, kind, id } = parts
  return { channel, accountId, peer: { kind, id } }
}

export function roomTools(admission: Snapshot['admission'], place: Place): Pick<ToolPlace, 'room'> {
  const { tools, toolsIn } = roomOf({ admission }, place)
  if (tools === undefined) return {}
  return { room: { name: `${settingsOf(place)}.groups.${toolsIn ?? ''}.tools`, tools } }
}
