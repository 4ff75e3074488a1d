import { createBackoff } from '@junctor/channel'
import { WebSocket } from 'ws'
import { NodeError } from './errors.ts'
import { isNodeName, isPermitted, isProgram } from './permits.ts'
import {
  maxMessageBytes,
  pingIntervalMs,
  readToNode,
  type FromNode,
  type NodeCommand,
  type ToNode,
} from './protocol.ts'
import type { NodeToken } from './node-token.ts'
import { runCommand } from './run-command.ts'

/** What a person who watches a node is told. */
export type NodeEvent =
  | { readonly type: 'pairing'; readonly code: string; readonly expiresAt: number }
  | { readonly type: 'connected'; readonly name: string }
  | { readonly type: 'disconnected'; readonly reason: string }
  /** `outcome` is absent when it begins. */
  | { readonly type: 'command'; readonly program: string; readonly outcome?: string }

export interface NodeOptions {
  /** From `socketAddress`. */
  readonly address: URL
  /** `a-z`, `0-9`, `_` and `-`, at most 32. */
  readonly name: string
  readonly token: NodeToken
  /** The only programs that run here: names, or absolute paths, exactly as they are asked for. */
  readonly allow: readonly string[]
  /** Where commands run, absolute. */
  readonly folder: string
  /** Ends the node, and what it runs. */
  readonly signal: AbortSignal
  readonly report: (event: NodeEvent) => void
  /** Commands at a time. Default 4. */
  readonly maxCommands?: number
  /** The longest that a command may take, whatever the gateway says. Default: 10 minutes. */
  readonly maxCommandMs?: number
  /** Bytes of a command's output that are sent. Default 100,000. */
  readonly maxOutputBytes?: number
  /** Default: the process's own. Commands get `PATH`, `HOME` and a few more of it, and nothing else. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

type Goodbye = Extract<ToNode, { type: 'goodbye' }>

/**
 * The node's own side: connects outwards, waits to be paired, runs what its own list permits, and connects again after a
 * pause when the gateway goes. Resolves when the signal aborts. Rejects with `NODE_TURNED_AWAY` when the gateway will not
 * have it, and with `INVALID_NODE` for settings that cannot be.
 */
export async function runNode(options: NodeOptions): Promise<void> {
  const { name, allow, token, signal, report } = options
  if (!isNodeName(name))
    throw new NodeError(
      'INVALID_NODE',
      `${JSON.stringify(name)} cannot be the name of a node: use 1 to 32 of a-z, 0-9, "_" and "-"`,
    )
  for (const program of allow)
    if (!isProgram(program))
      throw new NodeError(
        'INVALID_NODE',
        `${JSON.stringify(program)} is no program: write its name alone, or its absolute path`,
      )
  const backoff = createBackoff({ firstBackoffMs: 500, maxBackoffMs: 30_000 })
  while (!signal.aborted) {
    const { welcomed, goodbye, reason } = await stayConnected(options)
    if (goodbye?.next === 'forget') await token.forget()
    if (goodbye !== undefined && goodbye.next !== 'retry')
      throw new NodeError('NODE_TURNED_AWAY', reason)
    if (signal.aborted) return
    if (welcomed) backoff.reset()
    report({ type: 'disconnected', reason })
    await backoff.pause(signal)
  }
}

interface Stay {
  readonly welcomed: boolean
  readonly goodbye?: Goodbye | undefined
  readonly reason: string
}

/** One connection, from its beginning to its end. */
async function stayConnected(options: NodeOptions): Promise<Stay> {
  const { address, name, allow, token, signal, report, maxCommands = 4 } = options
  const socket = new WebSocket(address, {
    headers: { authorization: `Bearer ${token.value}` },
    maxPayload: maxMessageBytes,
    handshakeTimeout: 20_000,
    followRedirects: false,
  })
  const gone = new AbortController()
  const running = new Map<string, AbortController>()
  const commands = new Set<Promise<void>>()
  let welcomed = false
  let goodbye: Goodbye | undefined
  let reason: string | undefined
  let patience: NodeJS.Timeout | undefined

  const send = (message: FromNode): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }
  /** Three pings that do not come: the line is dead though nobody said so. */
  const listen = (): void => {
    clearTimeout(patience)
    patience = setTimeout(() => {
      reason = 'the gateway is silent'
      socket.terminate()
    }, 3 * pingIntervalMs)
  }
  const run = async (id: string, command: NodeCommand): Promise<void> => {
    const { program } = command
    const refuse = (why: string): void => {
      report({ type: 'command', program, outcome: `refused: ${why}` })
      send({ type: 'refused', id, reason: why })
    }
    if (!welcomed) return refuse('the node is not paired')
    if (!isPermitted(allow, program))
      return refuse(`${JSON.stringify(program)} is not permitted there (--allow)`)
    if (running.has(id) || running.size >= maxCommands)
      return refuse(`${maxCommands} commands run there already, which is the most`)
    const stop = new AbortController()
    running.set(id, stop)
    report({ type: 'command', program })
    const { folder, maxOutputBytes = 100_000, maxCommandMs = 600_000, env = process.env } = options
    const timeoutMs = Math.min(Math.max(1, command.timeoutMs), maxCommandMs)
    try {
      const place = { folder, maxOutputBytes, env }
      const ended = AbortSignal.any([stop.signal, gone.signal, signal])
      const end = await runCommand({ ...command, timeoutMs }, place, ended)
      report({ type: 'command', program, outcome: end.reason ?? `exit code ${end.exitCode}` })
      send({ type: 'done', id, ...end })
    } catch (error) {
      refuse(error instanceof Error ? error.message : String(error))
    } finally {
      running.delete(id)
    }
  }
  const take = (message: ToNode): void => {
    if (message.type === 'welcome') {
      welcomed = true
      report({ type: 'connected', name: message.name })
    } else if (message.type === 'pairing') report(message)
    else if (message.type === 'abort') running.get(message.id)?.abort()
    else if (message.type === 'goodbye') {
      goodbye = message
      reason = message.reason
    } else {
      const { type: _, id, ...command } = message
      const ran: Promise<void> = run(id, command).finally(() => commands.delete(ran))
      commands.add(ran)
    }
  }

  const hangUp = (): void => socket.terminate()
  signal.addEventListener('abort', hangUp)
  if (signal.aborted) hangUp()
  listen()
  socket.on('open', () => send({ type: 'hello', name, allow }))
  socket.on('ping', listen)
  socket.on('message', (data) => {
    const message = readToNode(data)
    if (message !== undefined) return take(message)
    reason = 'the gateway sent what is not understood: has it another version?'
    socket.terminate()
  })
  socket.on('unexpected-response', (request, { statusCode = 0 }) => {
    reason = `${address.host} answered ${statusCode}: is it a Junctor gateway?`
    if (statusCode >= 400 && statusCode < 500) goodbye = { type: 'goodbye', reason, next: 'end' }
    request.destroy()
    socket.terminate()
  })
  socket.on('error', (error) => void (reason ??= error.message))
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  clearTimeout(patience)
  signal.removeEventListener('abort', hangUp)
  gone.abort()
  await Promise.all(commands)
  return { welcomed, goodbye, reason: reason ?? 'the gateway hung up' }
}
