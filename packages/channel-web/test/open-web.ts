import type { ChannelHost, Connection, Envelope, Health } from '@junctor/channel'
import { web, type WebOptions } from '@junctor/channel-web'

export const signal: AbortSignal = new AbortController().signal
export const to = {
  channel: 'web',
  accountId: 'default',
  peer: { kind: 'dm', id: 'owner' },
} as const
export const mount = 'http://127.0.0.1/channels/web/default/'

export interface OpenWeb {
  readonly connection: Connection
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
  request(path: string, init?: RequestInit): Promise<Response>
  post(body: object): Promise<Response>
  /** One more tab: its events, one at a time. */
  follow(conversation?: string): Promise<Tab>
}

export interface Tab {
  /** The next event, or undefined when the stream has ended. */
  next(): Promise<unknown>
  leave(): Promise<void>
}

export async function openWeb(
  receive: ChannelHost['receive'] = async () => 'accepted',
  options: WebOptions & Pick<ChannelHost, 'commands'> = {},
): Promise<OpenWeb> {
  const { commands, ...others } = options
  const { host, received, health } = createHost(receive)
  const told = commands === undefined ? host : { ...host, commands }
  const connection = await web({ now: () => 1000, ...others }).open({}, told)
  const request = async (path: string, init?: RequestInit): Promise<Response> => {
    if (connection.handleRequest === undefined) throw new Error('The page takes no requests')
    return connection.handleRequest(new Request(mount + path, init))
  }
  return {
    connection,
    received,
    health,
    request,
    post: (body) =>
      request('messages', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: 'm1', text: 'Hello', conversation: 'owner', ...body }),
      }),
    follow: async (conversation = 'owner') =>
      readEvents(await request(`events?conversation=${conversation}`)),
  }
}

export function createHost(receive: ChannelHost['receive'] = async () => 'accepted'): {
  readonly host: ChannelHost
  readonly received: readonly Envelope[]
  readonly health: readonly Health[]
} {
  const received: Envelope[] = []
  const health: Health[] = []
  const host: ChannelHost = {
    accountId: 'default',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    vault: { read: async () => undefined, write: async () => {}, remove: async () => {} },
    fetch: globalThis.fetch,
    signal,
    receive: (envelope) => {
      received.push(envelope)
      return receive(envelope)
    },
    report: (state) => health.push(state),
  }
  return { host, received, health }
}

export function readEvents(response: Response): Tab {
  if (response.body === null) throw new Error('The answer has no body')
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let buffer = ''
  return {
    async next() {
      while (!buffer.includes('\n\n')) {
        const { done, value } = await reader.read()
        if (done) return undefined
        buffer += value
      }
      const [block = '', ...rest] = buffer.split('\n\n')
      buffer = rest.join('\n\n')
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ')
          return [line.slice(0, colon), line.slice(colon + 2)] as const
        }),
      )
      const data: unknown = JSON.parse(fields.get('data') ?? '{}')
      return { type: fields.get('event'), ...(data as object) }
    },
    leave: () => reader.cancel(),
  }
}
