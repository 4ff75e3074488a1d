import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { IrcConfig } from './config.ts'
import { ircError } from './errors.ts'
import { parseLine, type Line } from './line.ts'

/** One connection to a server, logged in and in its rooms. */
export interface Link {
  /** The nick that the server knows us by. */
  readonly nick: string
  /** IRCv3 capabilities that the server granted. */
  readonly capabilities: ReadonlySet<string>
  /** Throws nothing: a line to a closed connection is lost, and `closed` tells. */
  write(line: string): void
  /** Resolves with the reason when the connection has ended. */
  readonly closed: Promise<string>
  end(): void
}

export interface LinkOptions {
  readonly config: IrcConfig
  readonly onLine: (line: Line, link: Link) => void
  /** How long the server may be silent before it is asked for a sign of life, and then again before it counts as gone. */
  readonly silenceMs: number
  readonly signal: AbortSignal
}

const wantedCapabilities = ['message-tags', 'server-time', 'echo-message', 'labeled-response']

/**
 * Logs in. Rejects with `UNAUTHORIZED` when the server refuses the password, `CONFLICT` when somebody has the nick, and
 * `UNAVAILABLE` otherwise.
 */
export function openLink({ config, onLine, silenceMs, signal }: LinkOptions): Promise<Link> {
  const socket = connectSocket(config)
  const capabilities = new Set<string>()
  const closed = Promise.withResolvers<string>()
  const welcomed = Promise.withResolvers<Link>()
  let reason = 'the server closed the connection'
  let isReady = false

  const write = (line: string): void => {
    if (socket.writable) socket.write(`${line.replaceAll(/[\r\n\0]/g, ' ')}\r\n`)
  }
  const end = (): void => {
    write('QUIT')
    socket.end()
    // A server that does not close its side is not waited for.
    setTimeout(() => socket.destroy(), 1_000).unref()
  }
  const link: Link = { nick: config.nick, capabilities, write, closed: closed.promise, end }
  const refuse = (error: Error): void => {
    welcomed.reject(error)
    socket.destroy()
  }

  const logIn = ({ command, params }: Line): void => {
    const text = params.at(-1) ?? ''
    switch (command) {
      case 'CAP':
        if (params[1] === 'LS' && params[2] !== '*') requestCapabilities(text)
        else if (params[1] === 'ACK')
          for (const name of text.trim().split(' ')) capabilities.add(name)
        if (params[1] === 'ACK' || params[1] === 'NAK') write('CAP END')
        return
      case '464':
      case '465':
        return refuse(ircError('UNAUTHORIZED', `the server refuses the login: ${text}`))
      case '433':
      case '436':
        return refuse(ircError('CONFLICT', `the nick ${config.nick} is taken by another process`))
      case '001':
        for (const room of config.rooms) write(`JOIN ${room}`)
        // The answer comes after the replies to every JOIN.
        write('PING :ready')
        return
      case 'PONG':
        isReady = true
        welcomed.resolve(link)
    }
  }
  const requestCapabilities = (offered: string): void => {
    const names = offered.split(' ').map((name) => name.split('=')[0] ?? '')
    const common = wantedCapabilities.filter((name) => names.includes(name))
    write(common.length === 0 ? 'CAP END' : `CAP REQ :${common.join(' ')}`)
  }

  readLines(socket, (text) => {
    const line = parseLine(text)
    if (line === undefined) return
    if (line.command === 'PING') return write(`PONG :${line.params[0] ?? ''}`)
    if (line.command === 'ERROR') reason = line.params[0] ?? reason
    if (isReady) onLine(line, link)
    else logIn(line)
  })
  const life = watchSilence(socket, silenceMs, () => write('PING :alive'))
  const abort = (): void => void socket.destroy()
  signal.addEventListener('abort', abort)
  socket.on('error', (error) => (reason = error.message))
  socket.on('close', () => {
    life.stop()
    signal.removeEventListener('abort', abort)
    welcomed.reject(ircError('UNAVAILABLE', life.isGone() ? 'the server is silent' : reason))
    closed.resolve(life.isGone() ? 'the server is silent' : reason)
  })
  if (signal.aborted) socket.destroy()

  write('CAP LS 302')
  if (config.password !== undefined) write(`PASS :${config.password}`)
  write(`NICK ${config.nick}`)
  write(`USER ${config.nick} 0 * :${config.nick}`)
  return welcomed.promise
}

function connectSocket({ host, port, tls }: IrcConfig): Socket {
  return tls ? connectTls({ host, port, servername: host }) : connectPlain({ host, port })
}

function readLines(socket: Socket, use: (line: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/)
    rest = lines.pop() ?? ''
    for (const line of lines) use(line)
    // No server sends lines as long as this: https://ircv3.net/specs/extensions/message-tags#size-limit
    if (rest.length > 16_384) socket.destroy(new Error('a line without an end'))
  })
}

/** Silence is not health: asks first, and ends the connection when even that is not answered. */
function watchSilence(
  socket: Socket,
  silenceMs: number,
  ask: () => void,
): { stop(): void; isGone(): boolean } {
  let isAsked = false
  let isGone = false
  const timer = setInterval(() => {
    if (isAsked) {
      isGone = true
      socket.destroy()
    } else ask()
    isAsked = true
  }, silenceMs)
  socket.on('data', () => {
    isAsked = false
    timer.refresh()
  })
  return { stop: () => clearInterval(timer), isGone: () => isGone }
}
