import { randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import { NodeError } from './errors.ts'
import { readFromNode, type CommandEnd, type NodeCommand, type ToNode } from './protocol.ts'

/** A paired node that is there. */
export interface NodeConnection {
  readonly socket: WebSocket
  /** What the node says that it permits. */
  readonly allow: readonly string[]
  /** Milliseconds since 1970. */
  readonly since: number
  /** Rejects with `NODE_REFUSED` and `OUTCOME_UNKNOWN`, and as the signal aborts: the node is told to end it then. */
  run(command: NodeCommand, signal: AbortSignal): Promise<CommandEnd>
}

/** How long after its time is up a command's end is waited for. */
const PATIENCE_MS = 10_000

export function connectNode({
  socket,
  name,
  allow,
  since,
}: Pick<NodeConnection, 'socket' | 'allow' | 'since'> & {
  readonly name: string
}): NodeConnection {
  const calls = new Map<string, PromiseWithResolvers<CommandEnd>>()
  const say = (message: ToNode): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }
  const unknown = (why: string): NodeError =>
    new NodeError(
      'OUTCOME_UNKNOWN',
      `Node "${name}" ${why}: whether the command ran, and how it ended, is not known. Look before you run it again.`,
    )

  socket.on('message', (data) => {
    const message = readFromNode(data)
    if (message === undefined || message.type === 'hello') return socket.terminate()
    const call = calls.get(message.id)
    if (message.type === 'refused')
      return call?.reject(
        new NodeError('NODE_REFUSED', `Node "${name}" did not run it: ${message.reason}.`),
      )
    const { type: _, id: __, ...end } = message
    call?.resolve(end)
  })
  socket.once('close', () => {
    for (const call of calls.values()) call.reject(unknown('went away while the command ran'))
  })

  return {
    socket,
    allow,
    since,
    async run(command, signal) {
      signal.throwIfAborted()
      if (socket.readyState !== socket.OPEN)
        throw new NodeError('NOT_CONNECTED', `Node "${name}" is not connected; nothing was run.`)
      const id = randomUUID()
      const call = Promise.withResolvers<CommandEnd>()
      calls.set(id, call)
      const abort = (): void => {
        say({ type: 'abort', id })
        call.reject(signal.reason)
      }
      const limit = setTimeout(() => {
        say({ type: 'abort', id })
        call.reject(unknown('did not say how the command ended'))
      }, command.timeoutMs + PATIENCE_MS)
      signal.addEventListener('abort', abort)
      try {
        say({ type: 'run', id, ...command })
        return await call.promise
      } finally {
        clearTimeout(limit)
        signal.removeEventListener('abort', abort)
        calls.delete(id)
      }
    },
  }
}
