import { createHash } from 'node:crypto'
import type { Store, TableEntry } from '@junctor/store'
import { NodeError } from './errors.ts'

/** A machine that asks to become a node. */
export interface NodeRequest {
  readonly name: string
  readonly code: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly expiresAt: number
}

export interface PairedNode {
  readonly name: string
  /** Of its token, which only the node has. */
  readonly digest: string
  /** Milliseconds since 1970. */
  readonly pairedAt: number
  readonly lastSeen: number
}

/** What is kept about nodes, in the gateway's own store. */
export interface NodeBook {
  requests(): Promise<readonly (NodeRequest & { readonly digest: string })[]>
  addRequest(digest: string, request: NodeRequest): Promise<void>
  removeRequest(digest: string): Promise<void>
  nodes(): Promise<readonly PairedNode[]>
  /** Rejects with `NODE_EXISTS`. */
  addNode(node: PairedNode): Promise<void>
  seen(name: string, at: number): Promise<void>
  /** Its token never counts again. */
  removeNode(node: PairedNode): Promise<void>
  isRemoved(digest: string): Promise<boolean>
}

export function createNodeBook(store: Store): NodeBook {
  const requests = store.gateway.table('node-requests')
  const nodes = store.gateway.table('nodes')
  const removed = store.gateway.table('nodes-removed')

  return {
    requests: () => all(requests, (value, digest) => ({ ...(value as NodeRequest), digest })),
    async addRequest(digest, request) {
      await requests.put(digest, { ...request }, { ttlMs: request.expiresAt - request.at })
    },
    async removeRequest(digest) {
      await requests.remove(digest)
    },
    nodes: () => all(nodes, (value) => value as PairedNode),
    async addNode(node) {
      if (await nodes.put(node.name, { ...node }, { version: 0 })) return
      throw new NodeError(
        'NODE_EXISTS',
        `There is a node "${node.name}" already. Remove it first, or start the new one with another --name.`,
      )
    },
    async seen(name, at) {
      const entry = await nodes.get(name)
      if (entry === undefined) return
      const node = { ...(entry.value as unknown as PairedNode), lastSeen: at }
      await nodes.put(name, node, { version: entry.version })
    },
    async removeNode({ name, digest }) {
      await removed.put(digest, name)
      await nodes.remove(name)
    },
    isRemoved: async (digest) => (await removed.get(digest)) !== undefined,
  }
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

async function all<Entry>(
  table: ReturnType<Store['gateway']['table']>,
  read: (value: unknown, key: string) => Entry,
): Promise<readonly Entry[]> {
  const keys = await table.list()
  const entries = await Promise.all(
    keys.map(async (key): Promise<[string, TableEntry | undefined]> => [key, await table.get(key)]),
  )
  return entries.flatMap(([key, entry]) => (entry === undefined ? [] : [read(entry.value, key)]))
}
