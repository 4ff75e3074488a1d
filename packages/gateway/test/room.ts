import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message, Model, ModelRequest } from '@junctor/agent'
import type { Sender } from '@junctor/channel'
import { parseConfig, type Config } from '@junctor/config'
import { createGateway, type Gateway, type GatewayOptions } from '@junctor/gateway'
import type { Store } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import { createSimChannel, type Sim, type SimSay } from '@junctor/testkit'
import { vi } from 'vitest'

/** A gateway with one simulated channel, `sim`, and a model that the test writes. */
export interface Room {
  readonly sim: Sim
  readonly stateDir: string
  gateway: Gateway
  store: Store
  /** What each agent's model was asked, in order. */
  readonly requests: readonly ModelRequest[]
  /** Somebody writes in the group `den`. Answers the native id. */
  say(text: string, more?: Partial<SimSay>): string
  configFrom(settings: RoomSettings): Config
  restart(): Promise<void>
  /** What an account posted in a peer, oldest first. */
  posted(accountId?: string, peerId?: string): readonly string[]
  untilPosted(count: number, accountId?: string, peerId?: string): Promise<readonly string[]>
  /** Resolves when nothing waits in any mailbox and nothing is on its way. */
  untilQuiet(): Promise<void>
  /** All that `why` tells of a message, as one text. */
  why(id: string): Promise<string>
  close(): Promise<void>
}

export interface RoomSettings {
  readonly agents: readonly { readonly id: string; readonly [key: string]: unknown }[]
  readonly sim?: { readonly [key: string]: unknown }
  readonly more?: { readonly [key: string]: unknown }
}

/** Gives the answer's text. Throws to fail the turn. */
export type Answering = (
  agentId: string,
  text: string,
  request: ModelRequest,
) => string | Promise<string>

export const den = { kind: 'group', id: 'den' } as const

export async function openRoom(
  settings: RoomSettings,
  answering: Answering = (agentId) => `${agentId} here`,
  options: Partial<GatewayOptions> = {},
): Promise<Room> {
  const stateDir = await mkdtemp(join(tmpdir(), 'junctor-room-'))
  const sim = createSimChannel()
  const requests: ModelRequest[] = []
  const model: Model = {
    spec: 'model-v1',
    id: 'script/one',
    async *stream(request) {
      requests.push(request)
      const text = await answering(request.context['agentId'] ?? '', lastText(request), request)
      if (text !== '') yield { type: 'text', text }
      yield { type: 'done', stopReason: 'end', usage: { inputTokens: 1, outputTokens: 1 } }
    },
  }

  const configFrom = ({ agents, sim: account = {}, more = {} }: RoomSettings): Config => {
    const config = {
      agents: { list: agents.map((agent) => ({ model: 'script/one', ...agent })) },
      session: { dmScope: 'per-account-channel-peer' },
      channels: {
        web: { enabled: false },
        sim: { package: 'none', groupPolicy: 'open', dmPolicy: 'open', ...account },
      },
      ...more,
    }
    const result = parseConfig(JSON.stringify(config), { home: stateDir, stateDir })
    if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'))
    return result.config
  }

  let config = configFrom(settings)
  const open = () => {
    const store = openSqliteStore({ stateDir })
    const gateway = createGateway({
      config,
      store,
      channels: { sim: sim.channel },
      models: { resolve: () => model },
      ...options,
    })
    return { store, gateway }
  }

  const room: Room = {
    sim,
    stateDir,
    requests,
    ...open(),
    configFrom(next) {
      config = configFrom(next)
      return config
    },
    say: (text, more = {}) => sim.say({ peer: den, text, ...more }),
    async restart() {
      await room.gateway.stop()
      await room.store.close()
      Object.assign(room, open())
      await room.gateway.start()
    },
    posted: (accountId = 'default', peerId = den.id) =>
      sim
        .messages(peerId)
        .filter((message) => message.fromSelf && message.accountId === accountId)
        .map(({ text }) => text),
    async untilPosted(count, accountId, peerId) {
      await sim.waitFor(() => room.posted(accountId, peerId).length >= count, {
        timeoutMs: 20_000,
      })
      return room.posted(accountId, peerId)
    },
    async untilQuiet() {
      const look = async (): Promise<void> => {
        const { agents } = await room.gateway.status()
        const waiting = agents.filter(({ pending }) => pending > 0).map(({ id }) => id)
        if (waiting.length > 0) throw new Error(`${waiting.join()} still work`)
        for (const { id } of agents) {
          const { outbox } = await room.store.agent(id).counts()
          if (outbox.pending + outbox.sending > 0) throw new Error(`${id} still sends`)
        }
      }
      await vi.waitFor(look, { timeout: 20_000, interval: 20 })
    },
    async why(id) {
      const told: string[] = []
      const look = async (): Promise<void> => {
        told.splice(0)
        for (const { summary, steps } of await room.gateway.why(id))
          told.push(summary, ...steps.map(({ text }) => text))
        if (told.length === 0) throw new Error(`Nothing is known of ${id}`)
      }
      await vi.waitFor(look, { timeout: 20_000, interval: 20 })
      return told.join('\n')
    },
    async close() {
      await room.gateway.stop({ graceMs: 100 })
      await room.store.close()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
  await room.gateway.start()
  return room
}

export function person(id: string, name = id): Sender {
  return { id, name, isBot: false, isSelf: false }
}

export function bot(id: string): Sender {
  return { id, name: id, isBot: true, isSelf: false }
}

/** What the newest message of a request says, without what was said before it in the room. */
function lastText({ messages }: ModelRequest): string {
  const part = messages.findLast(({ role }) => role === 'user')?.parts.at(-1)
  return part?.type === 'text' ? part.text : ''
}

/** What a request tells of the room besides the message to answer: the JSON lines, read. */
export function contextOf(request: ModelRequest | undefined): readonly { readonly text: string }[] {
  return (request?.messages ?? []).flatMap(contextIn)
}

/** The same of one message. */
export function contextIn({ parts }: Message): readonly { readonly text: string }[] {
  return parts.flatMap((part) =>
    part.type !== 'text' || !part.text.startsWith('[Data from "this room:')
      ? []
      : part.text
          .split('\n')
          .filter((line) => line.startsWith('| {'))
          .map((line) => JSON.parse(line.slice(2)) as { readonly text: string }),
  )
}
