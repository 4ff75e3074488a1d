import {
  ChannelError,
  type Address,
  type Capabilities,
  type ChannelHost,
  type Connection,
  type Outbound,
  type SendOptions,
  type Sent,
} from '@junctor/channel'
import type { SimConfig } from '../sim.ts'
import { call, type Fail } from './call.ts'
import { takeIn } from './intake.ts'
import type { SimFile, SimMessage, SimPlatform } from './platform.ts'

export interface SimWorld {
  readonly channel: string
  readonly capabilities: Capabilities
  readonly platform: SimPlatform
  readonly redeliverAfterMs: number
}

export async function openSim(
  world: SimWorld,
  config: SimConfig,
  host: ChannelHost,
): Promise<Connection> {
  const { channel, capabilities, platform, redeliverAfterMs } = world
  const fail: Fail = (code, message, options) =>
    new ChannelError(channel, code, `${channel}: ${message}`, options)
  await call({ platform, operation: 'open', fail, signal: host.signal, effect: () => {} })
  if (config.token === 'refused') throw fail('UNAUTHORIZED', 'the token is not known')

  const stopped = new AbortController()
  const cut = new AbortController()
  const flights = new Set<Promise<unknown>>()
  const receiving = AbortSignal.any([host.signal, stopped.signal])
  const intake = takeIn({ platform, host, redeliverAfterMs, signal: receiving })

  const run = async <Result>(
    operation: string,
    signal: AbortSignal,
    effect: () => Result,
  ): Promise<Result> => {
    if (stopped.signal.aborted) throw fail('CLOSED', 'the connection is closed')
    const both = AbortSignal.any([signal, cut.signal])
    const flight = call({ platform, operation, fail, signal: both, effect })
    flights.add(flight)
    return flight.finally(() => flights.delete(flight))
  }
  const find = (to: Address, id: string): SimMessage => {
    const message = platform.find(to.peer.id, id)
    if (!message) throw fail('NOT_FOUND', `there is no message ${id}`)
    return message
  }
  const check = (text: string): void => {
    if (text.length <= capabilities.maxTextLength) return
    throw fail('TOO_LARGE', `the text is longer than ${capabilities.maxTextLength}`)
  }

  const grow = (to: Address, id: string, text: string, isOpen: boolean): void => {
    const message = find(to, id)
    if (message.isOpen !== true) throw fail('INVALID', `the stream ${id} is over`)
    const whole = message.text + text
    check(whole)
    platform.put({ ...message, text: whole, history: [...message.history, message.text], isOpen })
  }

  const connection: Required<Omit<Connection, 'handleRequest'>> = {
    async send(to, message, options) {
      const files = await readFiles(message)
      return run('send', options.signal, () => {
        check(message.text)
        return post({ platform, capabilities }, to, { message, files, options })
      })
    },
    edit: (to, id, { text }, { signal }) =>
      run('edit', signal, () => {
        check(text)
        const message = { ...find(to, id), isOpen: false }
        if (message.text === text) platform.put(message)
        else platform.put({ ...message, text, history: [...message.history, message.text] })
      }),
    stream: {
      begin: (to, message, options) =>
        run('stream', options.signal, () => {
          if (to.threadId === undefined) throw fail('UNSUPPORTED', 'only threads have streams')
          check(message.text)
          const sent = post({ platform, capabilities }, to, { message, files: [], options })
          platform.put({ ...find(to, sent.nativeId), isOpen: true })
          return sent
        }),
      append: (to, id, text, { signal }) => run('stream', signal, () => grow(to, id, text, true)),
      finish: (to, id, text, { signal }) => run('stream', signal, () => grow(to, id, text, false)),
    },
    remove: (to, id, { signal }) =>
      run('remove', signal, () => platform.drop(to.peer.id, find(to, id).id)),
    react: (to, id, emoji, { signal }) =>
      run('react', signal, () =>
        platform.put({ ...find(to, id), reactions: emoji === '' ? [] : [emoji] }),
      ),
    typing: (_to, { signal }) => run('typing', signal, () => {}),
    download: (ref, { signal }) =>
      run('download', signal, () => {
        const file = platform.files.get(ref)
        if (!file) throw fail('NOT_FOUND', `there is no file ${ref}`)
        return ReadableStream.from([file.data])
      }),
    async close({ signal }) {
      stopped.abort()
      const cutOff = (): void => cut.abort()
      signal.addEventListener('abort', cutOff)
      if (signal.aborted) cutOff()
      await Promise.race([intake, aborted(signal)])
      await Promise.allSettled(flights)
      signal.removeEventListener('abort', cutOff)
    },
  }
  return pickAbilities(connection, capabilities)
}

interface Posting {
  readonly message: Outbound
  readonly files: readonly SimFile[]
  readonly options: SendOptions
}

function post(
  { platform, capabilities }: Pick<SimWorld, 'platform' | 'capabilities'>,
  { accountId, peer, threadId }: Address,
  { message, files, options }: Posting,
): Sent {
  const key = `${accountId} ${options.idempotencyKey}`
  const earlier = capabilities.idempotentSend ? platform.keys.get(key) : undefined
  if (earlier) return { nativeId: earlier.id, sentAt: earlier.sentAt }
  const posted: SimMessage = {
    id: platform.nextId(),
    accountId,
    peerId: peer.id,
    fromSelf: true,
    text: message.text,
    sentAt: Date.now(),
    history: [],
    reactions: [],
    files,
    ...(threadId === undefined ? {} : { threadId }),
    ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
  }
  platform.keys.set(key, posted)
  platform.put(posted)
  return { nativeId: posted.id, sentAt: posted.sentAt }
}

async function readFiles({ files = [] }: Outbound): Promise<readonly SimFile[]> {
  return Promise.all(
    files.map(async ({ name, mediaType, data }) => ({
      name,
      mediaType,
      data: new Uint8Array(await new Response(data()).arrayBuffer()),
    })),
  )
}

function pickAbilities(
  connection: Required<Omit<Connection, 'handleRequest'>>,
  { edit, stream = false, remove, reactions, typing }: Capabilities,
): Connection {
  return {
    send: connection.send,
    close: connection.close,
    download: connection.download,
    ...(edit ? { edit: connection.edit } : {}),
    ...(stream ? { stream: connection.stream } : {}),
    ...(remove ? { remove: connection.remove } : {}),
    ...(reactions ? { react: connection.react } : {}),
    ...(typing ? { typing: connection.typing } : {}),
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}
