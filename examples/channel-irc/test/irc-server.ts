import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createChangeWatch, createFaults, type Faults } from '@junctor/testkit'
import { parseLine, type Line } from '../src/line.ts'

export interface Said {
  readonly id: string
  readonly from: string
  readonly target: string
  readonly text: string
  readonly replyTo: string | undefined
}

/** A small IRC server with the IRCv3 capabilities that give messages ids. People are function calls. */
export interface IrcServer {
  readonly port: number
  readonly said: readonly Said[]
  /** On `open`, `receive` and `send`. */
  readonly faults: Faults
  countCalls(operation: string): number
  /** Somebody writes. Returns the id of the message. */
  say(message: { from?: string; target: string; text: string; replyTo?: string }): string
  /** Everything that a client has written, by line. */
  readonly lines: readonly string[]
  waitFor(predicate: () => boolean, options?: { timeoutMs?: number }): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
}

const offered = 'message-tags server-time echo-message labeled-response'

export async function createIrcServer({ password }: { password: string }): Promise<IrcServer> {
  const faults = createFaults({
    supports: [
      'drop-before',
      'drop-after',
      'delay',
      'status',
      'silence',
      'duplicate',
      'unauthorized',
    ],
  })
  const watch = createChangeWatch()
  const clients = new Map<Socket, { nick: string; isKnown: boolean; isIn: boolean }>()
  const said: Said[] = []
  const lines: string[] = []
  const calls: string[] = []
  let isRefusing = false
  let lastId = 0

  const write = (socket: Socket, line: string): void => void socket.write(`${line}\r\n`)
  const show = (message: Said, label?: string): string => {
    const tags = [
      `msgid=${message.id}`,
      `time=${new Date().toISOString()}`,
      ...(label === undefined ? [] : [`label=${label}`]),
      ...(message.replyTo === undefined ? [] : [`+draft/reply=${message.replyTo}`]),
    ]
    return `@${tags.join(';')} :${message.from}!u@host PRIVMSG ${message.target} :${message.text}`
  }
  const post = (message: Omit<Said, 'id'>): Said => {
    lastId += 1
    const posted = { ...message, id: `m${lastId}` }
    said.push(posted)
    watch.changed()
    return posted
  }

  const logIn = (socket: Socket, { command, params }: Line): void => {
    const client = clients.get(socket)
    if (client === undefined) return
    if (command === 'CAP' && params[0] === 'LS') write(socket, `:srv CAP * LS :${offered}`)
    if (command === 'CAP' && params[0] === 'REQ')
      write(socket, `:srv CAP * ACK :${params[1] ?? ''}`)
    if (command === 'PASS') client.isKnown = params[0] === password && !isRefusing
    if (command === 'NICK') client.nick = params[0] ?? ''
    if (command !== 'USER') return
    calls.push('open')
    if (client.isKnown) return write(socket, `:srv 001 ${client.nick} :Welcome`)
    write(socket, `:srv 464 ${client.nick} :Password incorrect`)
    socket.end()
  }

  const privmsg = (socket: Socket, { params, tags }: Line): void => {
    calls.push('send')
    watch.changed()
    const { nick = '' } = clients.get(socket) ?? {}
    const fault = faults.take('send')
    if (fault?.kind === 'drop-before') return void socket.destroy()
    if (fault?.kind === 'status') return write(socket, `:srv FAIL PRIVMSG ERROR :refused`)
    if (fault?.kind === 'silence') return void silenced.add(socket)
    const [target = '', text = ''] = params
    const message = post({ from: nick, target, text, replyTo: tags.get('+draft/reply') })
    if (fault?.kind === 'drop-after') return void socket.destroy()
    const echo = (): void => write(socket, show(message, tags.get('label')))
    if (fault?.kind !== 'delay') return echo()
    delayed.set(socket, fault.delayMs)
    setTimeout(echo, fault.delayMs)
  }
  const silenced = new WeakSet<Socket>()
  const delayed = new WeakMap<Socket, number>()

  const handle = (socket: Socket, text: string): void => {
    lines.push(text)
    const line = parseLine(text)
    if (line === undefined || silenced.has(socket)) return
    if (line.command === 'PRIVMSG') privmsg(socket, line)
    else if (line.command === 'JOIN') {
      const client = clients.get(socket)
      if (client !== undefined) client.isIn = true
    } else if (line.command === 'PING') {
      const pong = (): void => write(socket, `:srv PONG srv :${line.params[0] ?? ''}`)
      const delayMs = delayed.get(socket)
      if (delayMs === undefined) pong()
      else setTimeout(pong, delayMs)
    } else if (line.command === 'QUIT') socket.end()
    else logIn(socket, line)
  }

  const server = createServer((socket) => {
    clients.set(socket, { nick: '', isKnown: false, isIn: false })
    let rest = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      const whole = (rest + text).split('\r\n')
      rest = whole.pop() ?? ''
      for (const line of whole) handle(socket, line)
    })
    socket.on('error', () => {})
    socket.on('close', () => clients.delete(socket))
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = server.address() as AddressInfo

  return {
    port,
    said,
    lines,
    faults,
    countCalls: (operation) => calls.filter((call) => call === operation).length,
    say({ from = 'alice', target, text, replyTo }) {
      const message = post({ from, target, text, replyTo })
      const fault = faults.take('receive')
      if (fault?.kind === 'unauthorized') {
        isRefusing = true
        for (const socket of clients.keys()) socket.destroy()
        return message.id
      }
      for (const socket of clients.keys())
        for (let copy = fault?.kind === 'duplicate' ? 2 : 1; copy > 0; copy -= 1)
          write(socket, show(message))
      return message.id
    },
    waitFor: watch.waitFor,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of clients.keys()) socket.destroy()
      await closed
    },
    restart: () => listen(port),
  }
}
