import { randomInt } from 'node:crypto'
import type { NodeBook, NodeRequest } from './book.ts'
import { NodeError } from './errors.ts'

/** Who asks to become a node. */
export interface NodeRequests {
  /** The request of a token: one that waits, or a new one. A text: why there is none. */
  open(name: string, digest: string): Promise<NodeRequest | string>
  /** Rejects with `UNKNOWN_NODE_REQUEST`. */
  named(code: string): Promise<NodeRequest & { readonly digest: string }>
}

const CODE_TTL_MS = 60 * 60_000
const MOST_PENDING = 3
/** Requests in an hour: whoever reaches the port could keep a person busy with them. */
const MOST_ASKED = 10

export function createNodeRequests(
  book: Pick<NodeBook, 'requests' | 'addRequest'>,
  now: () => number,
): NodeRequests {
  let asked: readonly number[] = []

  return {
    async open(name, digest) {
      const requests = await book.requests()
      const known = requests.find((each) => each.digest === digest)
      if (known !== undefined) return known
      const at = now()
      if (requests.length >= MOST_PENDING)
        return `${MOST_PENDING} nodes wait to be paired already: \`junctor nodes list\` shows them`
      asked = asked.filter((each) => each > at - CODE_TTL_MS)
      if (asked.length >= MOST_ASKED) return 'too many nodes asked to be paired within an hour'
      asked = [...asked, at]
      const request = { name, code: newCode(), at, expiresAt: at + CODE_TTL_MS }
      await book.addRequest(digest, request)
      return request
    },
    async named(code) {
      const wanted = code.toUpperCase().replace(/[\s-]/g, '')
      const request = (await book.requests()).find((each) => each.code === wanted)
      if (request !== undefined) return request
      throw new NodeError(
        'UNKNOWN_NODE_REQUEST',
        `No node waits to be paired with the code "${code}". Codes are valid for one hour; \`junctor nodes list\` shows those that wait.`,
      )
    },
  }
}

/** Without characters that are taken for one another: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V. */
const alphabet = '34679ACDEFGHJKMNPQRTWXY'

function newCode(): string {
  return Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join('')
}
