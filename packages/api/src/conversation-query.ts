import type { Address, PeerKind } from '@junctor/channel'
import type { ConversationOptions } from './control-plane.ts'
import { ApiError } from './errors.ts'

const defaultLimit = 50
const maxLimit = 200

/** Parses `?channel&accountId&peerKind&peerId[&threadId][&limit][&before]`. */
export function parseConversationQuery(query: URLSearchParams): {
  readonly address: Address
  readonly options: ConversationOptions
} {
  const threadId = query.get('threadId')
  const before = query.get('before')
  return {
    address: {
      channel: required(query, 'channel'),
      accountId: required(query, 'accountId'),
      peer: { kind: parsePeerKind(required(query, 'peerKind')), id: required(query, 'peerId') },
      ...(threadId !== null && { threadId }),
    },
    options: { limit: parseLimit(query.get('limit')), ...(before !== null && { before }) },
  }
}

function required(query: URLSearchParams, name: string): string {
  const value = query.get(name)
  if (value !== null && value !== '') return value
  throw new ApiError('INVALID', `The query parameter \`${name}\` is missing`)
}

function parsePeerKind(value: string): PeerKind {
  if (value === 'dm' || value === 'group' || value === 'channel') return value
  throw new ApiError('INVALID', '`peerKind` must be dm, group or channel')
}

function parseLimit(value: string | null): number {
  if (value === null) return defaultLimit
  const limit = Number(value)
  if (Number.isInteger(limit) && limit >= 1 && limit <= maxLimit) return limit
  throw new ApiError('INVALID', `\`limit\` must be a whole number from 1 to ${maxLimit}`)
}
