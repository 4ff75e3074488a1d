import { GatewayError } from '../errors.ts'
import type { PairingApproval } from './approvals.ts'
import type { PairingRequest } from './book.ts'
import { isSameCode } from './code.ts'

/** Narrows what a reference means where several accounts know it. */
export interface PairingPlace {
  readonly channel?: string | undefined
  readonly accountId?: string | undefined
}

export function findRequest(
  requests: readonly PairingRequest[],
  reference: string,
  place: PairingPlace,
): PairingRequest {
  let found: PairingRequest | undefined
  // To the end of the list, so that the time tells nothing about where a code stands in it.
  for (const request of requests.filter((each) => isAt(each, place)))
    if (isSameCode(reference, request.code) || reference === request.id) found ??= request
  if (found !== undefined) return found
  throw new GatewayError(
    'UNKNOWN_PAIRING',
    `No pairing request has the code or id "${reference}". Codes are valid for one hour; \`junctor pairing list\` shows those that wait.`,
  )
}

export function findApproval(
  approvals: readonly PairingApproval[],
  reference: string,
  place: PairingPlace,
): PairingApproval {
  const found = approvals.filter(
    (each) => isAt(each, place) && (each.id === reference || each.senderId === reference),
  )
  const [approval, ...others] = found
  if (approval === undefined)
    throw new GatewayError(
      'UNKNOWN_PAIRING',
      `Nobody was let in under the id "${reference}". \`junctor pairing list\` shows who was.`,
    )
  if (others.length === 0) return approval
  const places = found.map((each) => `${each.channel}/${each.accountId} (${each.id})`).join(', ')
  throw new GatewayError(
    'AMBIGUOUS_PAIRING',
    `"${reference}" was let in on ${places}. Name one by the approval's own id, or with its channel and account.`,
  )
}

function isAt(
  { channel, accountId }: { readonly channel: string; readonly accountId: string },
  place: PairingPlace,
): boolean {
  return (
    (place.channel === undefined || place.channel === channel) &&
    (place.accountId === undefined || place.accountId === accountId)
  )
}
