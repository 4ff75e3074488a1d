import type { ConfigSchema } from '@junctor/channel'

export interface IrcConfig {
  readonly host: string
  /** Default: 6697 with TLS, 6667 without. */
  readonly port: number
  /** Default true. */
  readonly tls: boolean
  readonly nick: string
  /** Of the server, or of the account on servers that take it with PASS. */
  readonly password?: string
  /** Rooms to be in, for example `#family`. */
  readonly rooms: readonly string[]
}

/** A nick that no server refuses, and that cannot break a line. */
const nickShape = /^[a-z_[\]\\`^{|}][\w[\]\\`^{|}-]{0,29}$/i
const roomShape = /^[#&+!][^\s,:\p{Cc}]{1,63}$/u

export const configSchema: ConfigSchema<IrcConfig> = {
  '~standard': { version: 1, vendor: 'junctor-channel-irc', validate },
}

function validate(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { issues: [{ message: 'must be an object with "host" and "nick"' }] }
  const {
    host,
    port,
    tls = true,
    nick,
    password,
    rooms = [],
  } = value as {
    readonly [key: string]: unknown
  }
  const issues: { readonly message: string }[] = []
  const must = (holds: boolean, message: string): void => void (holds || issues.push({ message }))
  must(typeof host === 'string' && /^[\w.:-]+$/.test(host), '"host" must be the name of a server')
  must(typeof tls === 'boolean', '"tls" must be true or false')
  must(
    port === undefined || (typeof port === 'number' && Number.isInteger(port) && port > 0),
    '"port" must be a number',
  )
  must(typeof nick === 'string' && nickShape.test(nick), '"nick" must be an IRC nick')
  must(
    password === undefined || (typeof password === 'string' && /^[^\s]+$/.test(password)),
    '"password" must be text without spaces',
  )
  must(
    Array.isArray(rooms) && rooms.every((room) => typeof room === 'string' && roomShape.test(room)),
    '"rooms" must be a list of names such as "#family"',
  )
  if (issues.length > 0) return { issues }
  return { value: { host, port: port ?? (tls === true ? 6697 : 6667), tls, nick, password, rooms } }
}
