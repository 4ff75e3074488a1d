// What runs in the process of its own: it imports one package and lets the gateway use the channel that it exports.
import type {
  Channel,
  ChannelHost,
  Connection,
  Envelope,
  Health,
  MessageStreams,
  Outbound,
  SendOptions,
  TypingOptions,
} from '@junctor/channel'
import { createStreamExports, importStream } from './streams.ts'
import { connectToHost, type Failure, type Handler } from '@junctor/isolation'

/** What the other side knows of an open connection: the names of its optional methods. */
const optionalMethods = ['edit', 'remove', 'react', 'typing', 'download', 'handleRequest'] as const

const streams = createStreamExports()
const dropped = new AbortController()
let channel: Channel | undefined
let connection: Connection | undefined

const wire = connectToHost({ handlers: { ...streams.handlers, ...createHandlers() }, toError })

// A package has no business with other processes.
Object.defineProperty(process, 'kill', { value: undefined })

function createHandlers(): { readonly [method: string]: Handler } {
  return {
    async load([entry]) {
      const exported: unknown = await import(String(entry))
      const found = Object.entries(exported as object).find(([name]) => name === 'channel')?.[1]
      channel = found as Channel
      if (typeof found !== 'object' || found === null) return undefined
      const { spec, id, capabilities } = found as Partial<Channel>
      return { spec, id, capabilities }
    },
    async validate([value]) {
      const result: unknown = await loaded().config['~standard'].validate(value)
      return JSON.parse(JSON.stringify(result ?? null))
    },
    async open([config, accountId, commands]) {
      const host = createHost(String(accountId), commands as ChannelHost['commands'])
      connection = await loaded().open(config, host)
      const opened = connection
      return [...optionalMethods, 'stream' as const].filter((name) => opened[name] !== undefined)
    },
    drop: () => dropped.abort(),
    send: ([to, message, options], signal) =>
      open().send(to as never, withFiles(message as WireOutbound), sendOptions(options, signal)),
    edit: ([to, id, message, options], signal) =>
      has('edit')(
        to as never,
        String(id),
        withFiles(message as WireOutbound),
        sendOptions(options, signal),
      ),
    'message-stream.begin': ([to, message, options], signal) =>
      growing().begin(to as never, message as Outbound, sendOptions(options, signal)),
    'message-stream.append': ([to, id, text, options], signal) =>
      growing().append(to as never, String(id), String(text), sendOptions(options, signal)),
    'message-stream.finish': ([to, id, text, options], signal) =>
      growing().finish(to as never, String(id), String(text), sendOptions(options, signal)),
    remove: ([to, id, options], signal) =>
      has('remove')(to as never, String(id), sendOptions(options, signal)),
    react: ([to, id, emoji, options], signal) =>
      has('react')(to as never, String(id), String(emoji), sendOptions(options, signal)),
    typing: ([to, options], signal) =>
      has('typing')(to as never, { ...(options as Omit<TypingOptions, 'signal'>), signal }),
    async download([ref], signal) {
      const stream = await has('download')(String(ref), { signal })
      return streams.offer(() => stream)
    },
    async handleRequest([request]) {
      const { url, body, ...init } = request as WireRequest
      const response = await has('handleRequest')(new Request(url, { ...init, body: body ?? null }))
      return {
        status: response.status,
        headers: [...response.headers],
        body: new Uint8Array(await response.arrayBuffer()),
      }
    },
    close: (_params, signal) => open().close({ signal }),
  }
}

interface WireRequest {
  readonly url: string
  readonly method: string
  readonly headers: [string, string][]
  readonly body: Uint8Array<ArrayBuffer> | undefined
}

interface WireOutbound extends Omit<Outbound, 'files'> {
  readonly files?: readonly {
    readonly name: string
    readonly mediaType: string
    readonly stream: number
  }[]
}

function loaded(): Channel {
  if (channel === undefined) throw new TypeError('The channel is not loaded.')
  return channel
}

function open(): Connection {
  if (connection === undefined) throw new TypeError('The account is not open.')
  return connection
}

function has<Method extends (typeof optionalMethods)[number]>(
  method: Method,
): NonNullable<Connection[Method]> {
  const found = open()[method]
  if (found === undefined) throw new TypeError(`The channel has no "${method}".`)
  return found.bind(connection) as NonNullable<Connection[Method]>
}

function growing(): MessageStreams {
  const { stream } = open()
  if (stream === undefined) throw new TypeError('The channel has no "stream".')
  return stream
}

function sendOptions(options: unknown, signal: AbortSignal): SendOptions {
  return { ...(options as Omit<SendOptions, 'signal'>), signal }
}

function withFiles({ files, ...message }: WireOutbound): Outbound {
  if (files === undefined) return message
  return {
    ...message,
    files: files.map(({ stream, ...file }) => ({
      ...file,
      data: () => importStream(wire, stream),
    })),
  }
}

function createHost(accountId: string, commands: ChannelHost['commands']): ChannelHost {
  const log =
    (level: string) =>
    (fields: object, message: string): void =>
      void tell('log', level, plain(fields), message)
  return {
    accountId,
    ...(commands === undefined ? {} : { commands }),
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    vault: {
      read: async (key) => (await wire.call('vault.read', [key])) as Uint8Array | undefined,
      write: async (key, value) => void (await wire.call('vault.write', [key, value])),
      remove: async (key) => void (await wire.call('vault.remove', [key])),
    },
    fetch: globalThis.fetch,
    signal: dropped.signal,
    receive: async (envelope: Envelope) =>
      (await wire.call('receive', [envelope])) as Awaited<ReturnType<ChannelHost['receive']>>,
    report: (health: Health) => void tell('report', health),
  }
}

/** Something that needs no answer. */
async function tell(method: string, ...params: readonly unknown[]): Promise<void> {
  await wire.call(method, params).catch(() => {})
}

/** What can be logged of anything. */
function plain(fields: object): unknown {
  return JSON.parse(
    JSON.stringify(fields, (_key, value: unknown) =>
      value instanceof Error ? value.message : typeof value === 'bigint' ? value.toString() : value,
    ),
  )
}

function toError({ message, code, retryAfterMs }: Failure): Error {
  return Object.assign(new Error(message), { code, retryAfterMs })
}
