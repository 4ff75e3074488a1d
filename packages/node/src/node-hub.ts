import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Logger } from '@junctor/channel'
import type { Store } from '@junctor/store'
import type { WebSocket } from 'ws'
import { createNodeBook, digestOf, type NodeRequest, type PairedNode } from './book.ts'
import { connectNode, type NodeConnection } from './connection.ts'
import { createDoor, type Door, type Hello } from './door.ts'
import { NodeError } from './errors.ts'
import { createNodeRequests } from './node-requests.ts'
import { isNodeName, isProgram } from './permits.ts'
import { pingIntervalMs, type CommandEnd, type NodeCommand, type ToNode } from './protocol.ts'

/** A paired node as people and agents see it. */
export interface NodeState {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly pairedAt: number
  readonly lastSeen: number
  /** Absent: it is not connected. */
  readonly connectedSince?: number
  /** What the node itself permits, as far as it is connected. */
  readonly allow?: readonly string[]
}

type Goodbye = Extract<ToNode, { readonly type: 'goodbye' }>['next']

/** The gateway's side: who asks to be a node, who is one, and what runs there. */
export interface NodeHub {
  /** Takes a WebSocket handshake. False: it is not for nodes. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  list(): Promise<{
    readonly requests: readonly NodeRequest[]
    readonly nodes: readonly NodeState[]
  }>
  /** Rejects with `UNKNOWN_NODE_REQUEST`, and with `NODE_EXISTS` where another node has the name. */
  approve(code: string): Promise<NodeState>
  /** Rejects with `UNKNOWN_NODE_REQUEST`. */
  reject(code: string): Promise<NodeRequest>
  /** Cuts its connection; its token never counts again. Rejects with `UNKNOWN_NODE`. */
  remove(name: string): Promise<NodeState>
  /** Rejects with `NOT_CONNECTED`, `NODE_REFUSED` and `OUTCOME_UNKNOWN`, and as the signal aborts. */
  run(name: string, command: NodeCommand, signal: AbortSignal): Promise<CommandEnd>
  /** Hangs up on all, and takes no more. */
  close(): Promise<void>
}

export interface NodeHubOptions {
  readonly store: Store
  readonly log?: Pick<Logger, 'info' | 'error'>
  /** Milliseconds since 1970. Default: `Date.now`. */
  readonly now?: () => number
}

export function createNodeHub({ store, log, now = Date.now }: NodeHubOptions): NodeHub {
  const book = createNodeBook(store)
  const requests = createNodeRequests(book, now)
  const connections = new Map<string, NodeConnection>()
  /** Digest → who waits with which programs. */
  const waiting = new Map<
    string,
    { readonly socket: WebSocket; readonly allow: readonly string[] }
  >()

  /** What reads and changes who is a node happens one after the other. */
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <Result>(step: () => Promise<Result>): Promise<Result> => {
    const result = last.then(step)
    last = result.catch(() => {})
    return result
  }
  const aside = (step: () => Promise<void>, what: string): void => {
    inTurn(step).catch((error: unknown) => log?.error({ error: String(error) }, what))
  }

  const stateOf = ({ name, pairedAt, lastSeen }: PairedNode): NodeState => {
    const connection = connections.get(name)
    if (connection === undefined) return { name, pairedAt, lastSeen }
    const { since, allow } = connection
    return { name, pairedAt, lastSeen: now(), connectedSince: since, allow }
  }

  const admit = (socket: WebSocket, node: PairedNode, allow: readonly string[]): void => {
    // It hung up while the store was asked.
    if (socket.readyState !== socket.OPEN) return
    const { name } = node
    door.admitted(socket)
    waiting.delete(node.digest)
    // One that lost its line comes back before the old one is known to be dead. One that is alive runs twice, and has to end:
    // both would come back for ever.
    const old = connections.get(name)
    if (old !== undefined) dismiss(old.socket, 'the same node was started once more', 'end')
    const connection = connectNode({ socket, name, allow, since: now() })
    connections.set(name, connection)
    say(socket, { type: 'welcome', name })
    log?.info({ node: name }, `node ${name} is connected`)
    socket.once('close', () => {
      if (connections.get(name) === connection) connections.delete(name)
      log?.info({ node: name }, `node ${name} is gone`)
      const at = now()
      aside(() => book.seen(name, at), 'when a node was last seen could not be noted')
    })
  }

  const greet = async (
    socket: WebSocket,
    digest: string,
    { name, allow }: Hello,
  ): Promise<void> => {
    const end = (reason: string, next: Goodbye): void => dismiss(socket, reason, next)
    if (!isNodeName(name)) return end(`${JSON.stringify(name)} cannot be the name of a node`, 'end')
    if (!allow.every(isProgram)) return end('it permits what cannot be a program', 'end')
    if (await book.isRemoved(digest))
      return end('the gateway removed this node; start it again to ask anew', 'forget')
    const nodes = await book.nodes()
    const node = nodes.find((each) => each.digest === digest)
    if (node !== undefined) return admit(socket, node, allow)
    if (nodes.some((each) => each.name === name))
      return end(`the gateway has a node "${name}" already: choose another --name`, 'end')
    const request = await requests.open(name, digest)
    if (typeof request === 'string') return end(request, 'retry')
    if (socket.readyState !== socket.OPEN) return
    waiting.get(digest)?.socket.terminate()
    waiting.set(digest, { socket, allow })
    socket.once('close', () => {
      if (waiting.get(digest)?.socket === socket) waiting.delete(digest)
    })
    const { code, expiresAt } = request
    say(socket, { type: 'pairing', code, expiresAt })
    log?.info({ node: name }, `node ${name} asks to be paired`)
  }

  /** Finds connections that died without a word, and codes that have expired. */
  const lookAround = async (): Promise<void> => {
    door.ping()
    if (waiting.size === 0) return
    const known = new Set((await book.requests()).map(({ digest }) => digest))
    for (const [digest, { socket }] of waiting)
      if (!known.has(digest)) dismiss(socket, 'the pairing code has expired', 'retry')
  }
  const heart = setInterval(
    () => aside(lookAround, 'nodes could not be looked after'),
    pingIntervalMs,
  )
  heart.unref()

  const door: Door = createDoor({
    log,
    greet: (socket, token, hello) =>
      aside(
        () =>
          greet(socket, digestOf(token), hello).catch((error: unknown) => {
            socket.terminate()
            throw error
          }),
        'a node could not be greeted',
      ),
  })

  return {
    upgrade: door.upgrade,
    list: () =>
      inTurn(async () => ({
        requests: (await book.requests()).map(({ digest: _, ...request }) => request),
        nodes: (await book.nodes()).map(stateOf),
      })),
    approve: (code) =>
      inTurn(async () => {
        const { digest, name } = await requests.named(code)
        const at = now()
        const node = { name, digest, pairedAt: at, lastSeen: at }
        await book.addNode(node)
        await book.removeRequest(digest)
        const guest = waiting.get(digest)
        if (guest !== undefined) admit(guest.socket, node, guest.allow)
        return stateOf(node)
      }),
    reject: (code) =>
      inTurn(async () => {
        const { digest, ...request } = await requests.named(code)
        await book.removeRequest(digest)
        const guest = waiting.get(digest)
        if (guest !== undefined) dismiss(guest.socket, 'the gateway rejected this node', 'end')
        return request
      }),
    remove: (name) =>
      inTurn(async () => {
        const nodes = await book.nodes()
        const node = nodes.find((each) => each.name === name)
        if (node === undefined) {
          const known = nodes.map((each) => each.name).join(', ')
          throw new NodeError(
            'UNKNOWN_NODE',
            `There is no node "${name}" (${known === '' ? 'there is none' : `there are ${known}`}).`,
          )
        }
        const state = stateOf(node)
        await book.removeNode(node)
        const connection = connections.get(name)
        connections.delete(name)
        if (connection !== undefined)
          dismiss(connection.socket, 'the gateway removed this node', 'forget')
        return state
      }),
    async run(name, command, signal) {
      const connection = connections.get(name)
      if (connection !== undefined) return connection.run(command, signal)
      throw new NodeError('NOT_CONNECTED', `Node "${name}" is not connected; nothing was run.`)
    },
    async close() {
      clearInterval(heart)
      await door.close()
      await last
    },
  }
}

function say(socket: WebSocket, message: ToNode): void {
  socket.send(JSON.stringify(message))
}

function dismiss(socket: WebSocket, reason: string, next: Goodbye): void {
  say(socket, { type: 'goodbye', reason, next })
  socket.close()
}
