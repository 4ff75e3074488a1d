import type { Faults } from '../fault.ts'
import type { DiscordBotState, Interaction } from './bot-state.ts'
import { person, personId } from './people.ts'
import type { GatewaySession } from './session.ts'
import type { DiscordCall, DiscordUser } from './types.ts'
import type { World } from './world.ts'

/** One bot from the other side: what happens to its account and its connection. */
export interface DiscordBot {
  readonly token: string
  readonly user: DiscordUser
  readonly applicationId: string
  readonly faults: Faults
  /** Every call that the bot made, oldest first. */
  readonly calls: readonly DiscordCall[]
  /** How often a route was called; `*` stands for any run of characters. */
  countCalls(route: string): number
  /** The id of the private conversation with a person; 42 is the person …42. */
  directChannel(person: number | string): string
  /** The commands that the bot offers. */
  commands(): readonly Readonly<Record<string, unknown>>[]
  interactions(): readonly Interaction[]
  /** Ids of the messages whose events the bot has told that it has. */
  acknowledged(): readonly string[]
  /** Whether a session is connected right now. */
  isConnected(): boolean
  identifies(): number
  resumes(): number
  /** Intents of the newest session. */
  intents(): number | undefined
  /** Send an event as it is, well formed or not. */
  push(event: string, data: object): void
  /** Send any payload, numbered or not. */
  send(payload: object): void
  /** Cut the connection without a word. */
  drop(): void
  close(code: number): void
  /** Answer no heartbeats from now on, or again. */
  ignoreHeartbeats(ignored?: boolean): void
  /** No session can be resumed any more. */
  forgetSessions(): void
  /** What the next IDENTIFY or RESUME is answered with, one after the other. */
  answerHandshakes(
    ...answers: readonly ({ readonly close: number } | { readonly invalidSession: boolean })[]
  ): void
  /** So many session starts are left until the limit is reset. */
  limitSessionStarts(remaining: number, resetAfterMs: number): void
  /** All calls together were too many: each is limited until this is over. */
  limitCalls(resetAfterMs: number): void
  /** The token stops working, also for the open connection. */
  revoke(): void
}

export function createBot(bot: DiscordBotState, world: World, changed: () => void): DiscordBot {
  const newest = (): GatewaySession | undefined => [...bot.sessions.values()].at(-1)
  const connected = (): GatewaySession | undefined =>
    [...bot.sessions.values()].findLast((session) => session.socket() !== undefined)

  return {
    token: bot.token,
    user: bot.user,
    applicationId: bot.applicationId,
    faults: bot.faults,
    calls: bot.calls,
    countCalls(route) {
      const pattern = new RegExp(
        `^${route
          .split('*')
          .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
          .join('.*')}$`,
      )
      return bot.calls.filter((call) => pattern.test(call.route)).length
    },
    directChannel(who) {
      const id = typeof who === 'number' ? personId(who) : who
      return world.directChannel(bot.user, person(id)).channel.id
    },
    commands: () => bot.commands,
    interactions: () => [...bot.interactions.values()],
    acknowledged: () =>
      [...bot.sessions.values()].flatMap(({ events, acknowledged }) =>
        events
          .filter(({ s, t }) => t === 'MESSAGE_CREATE' && s <= acknowledged)
          .map(({ d }) => String((d as { readonly id: unknown }).id)),
      ),
    isConnected: () => connected() !== undefined,
    identifies: () => bot.identifies,
    resumes: () => bot.resumes,
    intents: () => newest()?.intents,
    push(event, data) {
      newest()?.dispatch(event, data)
      changed()
    },
    send: (payload) => connected()?.socket()?.send(payload),
    drop: () => connected()?.socket()?.terminate(),
    close: (code) => connected()?.socket()?.close(code),
    ignoreHeartbeats(ignored = true) {
      bot.acknowledgesHeartbeats = !ignored
    },
    forgetSessions: () => bot.sessions.clear(),
    answerHandshakes: (...answers) => void bot.nextHandshakes.push(...answers),
    limitSessionStarts(remaining, resetAfterMs) {
      bot.sessionStarts = { remaining, resetAtMs: Date.now() + resetAfterMs }
    },
    limitCalls(resetAfterMs) {
      bot.limitedUntilMs = Date.now() + resetAfterMs
    },
    revoke() {
      bot.revoked = true
      connected()?.socket()?.close(4004)
    },
  }
}
