import { Buffer } from 'node:buffer'
import type { RawData, WebSocket } from 'ws'
import type { DiscordBotState } from './bot-state.ts'
import { guildPayload } from './guild-payload.ts'
import { createSession, type GatewaySession, type GatewaySocket } from './session.ts'
import { snowflake } from './snowflake.ts'
import type { World } from './world.ts'

export interface GatewayOptions {
  readonly world: World
  readonly findBot: (token: string) => DiscordBotState | undefined
  readonly heartbeatIntervalMs: number
  /** Where clients connect, for `resume_gateway_url`. */
  readonly url: () => string
  readonly changed: () => void
}

interface Payload {
  readonly op: number
  readonly d: unknown
}

const contentIntent = 1 << 15
const allIntents = 2 ** 26 - 1

/** One connection of https://discord.com/developers/docs/events/gateway */
export function serveGateway(connection: WebSocket, options: GatewayOptions): void {
  let muted = false
  let bot: DiscordBotState | undefined
  let session: GatewaySession | undefined
  const socket: GatewaySocket = {
    send(payload) {
      if (!muted && connection.readyState === connection.OPEN) {
        connection.send(JSON.stringify(payload))
      }
    },
    close: (code) => connection.close(code),
    terminate: () => connection.terminate(),
    mute() {
      muted = true
    },
  }

  const receive = ({ op, d }: Payload): void => {
    switch (op) {
      case 1: {
        if (session && typeof d === 'number') {
          session.acknowledged = Math.max(session.acknowledged, d)
        }
        if (bot?.acknowledgesHeartbeats !== false) socket.send({ op: 11 })
        break
      }
      case 2: {
        if (session) return socket.close(4005)
        begin(d as IdentifyData, (known) => {
          identify(known, d as IdentifyData)
        })
        break
      }
      case 6: {
        begin(d as ResumeData, (known) => resume(known, d as ResumeData))
        break
      }
      default: {
        socket.close(session ? 4001 : 4003)
      }
    }
  }

  const begin = (
    data: { readonly token?: unknown },
    go: (known: DiscordBotState) => void,
  ): void => {
    const known = options.findBot(String(data.token))
    if (!known || known.revoked || known.takeFault('gateway', 'unauthorized')) {
      return socket.close(4004)
    }
    bot = known
    const planned = known.nextHandshakes.shift()
    if (planned && 'close' in planned) return socket.close(planned.close)
    if (planned) return socket.send({ op: 9, d: planned.invalidSession })
    go(known)
  }

  const identify = (known: DiscordBotState, data: IdentifyData): void => {
    known.identifies += 1
    known.sessionStarts.remaining -= 1
    const wanted = data.intents
    if (!Number.isInteger(wanted) || wanted < 0 || wanted > allIntents) return socket.close(4013)
    if ((wanted & contentIntent) !== 0 && !known.messageContent) return socket.close(4014)
    session = createSession(snowflake(), wanted)
    known.sessions.set(session.id, session)
    session.attach(socket, 0)
    const guilds = [...options.world.guilds.values()].filter(
      ({ without }) => !without.has(known.user.id),
    )
    session.dispatch('READY', {
      v: 10,
      user: known.user,
      application: { id: known.applicationId, flags: 0 },
      session_id: session.id,
      resume_gateway_url: options.url(),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      private_channels: [],
      shard: [0, 1],
    })
    for (const guild of guilds) {
      session.dispatch('GUILD_CREATE', guildPayload(options.world, guild, known))
    }
  }

  const resume = (known: DiscordBotState, { session_id: id, seq }: ResumeData): void => {
    const found = known.sessions.get(id)
    if (!found) return socket.send({ op: 9, d: false })
    if (seq > found.events.length) return socket.close(4007)
    known.resumes += 1
    session = found
    found.acknowledged = Math.max(found.acknowledged, seq)
    found.attach(socket, seq)
    found.dispatch('RESUMED', {})
  }

  connection.on('message', (raw) => {
    const payload = parsePayload(toBuffer(raw).toString())
    if (payload) receive(payload)
    else socket.close(4002)
    options.changed()
  })
  connection.on('close', (code) => {
    session?.detach(socket)
    // A client that says good-bye with these codes gives its session up.
    if (session && (code === 1000 || code === 1001)) bot?.sessions.delete(session.id)
    options.changed()
  })
  socket.send({ op: 10, d: { heartbeat_interval: options.heartbeatIntervalMs } })
}

interface IdentifyData {
  readonly token?: unknown
  readonly intents: number
}

interface ResumeData {
  readonly token?: unknown
  readonly session_id: string
  readonly seq: number
}

function toBuffer(raw: RawData): Buffer {
  if (Array.isArray(raw)) return Buffer.concat(raw)
  return Buffer.isBuffer(raw) ? raw : Buffer.from(raw)
}

function parsePayload(text: string): Payload | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('op' in value)) return undefined
    return { op: Number(value.op), d: 'd' in value ? value.d : undefined }
  } catch {
    return undefined
  }
}
