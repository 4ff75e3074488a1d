import { createFaults, type Fault, type FaultKind, type Faults } from '../fault.ts'
import type { GatewaySession } from './session.ts'
import { snowflake } from './snowflake.ts'
import type { DiscordCall, DiscordUser } from './types.ts'

export interface DiscordBotOptions {
  readonly token: string
  readonly username: string
  /** Default: a new snowflake. */
  readonly id?: string
  /** Whether "Message Content Intent" is on in the developer portal. Default on. */
  readonly messageContent?: boolean
}

/** What one interaction has come to. */
export interface Interaction {
  readonly id: string
  readonly token: string
  readonly channelId: string
  readonly createdAtMs: number
  /** Undefined until the bot has acknowledged it. */
  acknowledgedAs: number | undefined
  /** The message that answers it. */
  messageId: string | undefined
}

/** Everything that the server keeps for one bot, across restarts. */
export interface DiscordBotState {
  readonly token: string
  readonly user: DiscordUser
  readonly applicationId: string
  readonly messageContent: boolean
  readonly faults: Faults
  /** One fault of this bot, else one of the whole server. */
  takeFault(method: string, ...kinds: readonly FaultKind[]): Fault | undefined
  readonly calls: DiscordCall[]
  readonly sessions: Map<string, GatewaySession>
  readonly interactions: Map<string, Interaction>
  commands: readonly Readonly<Record<string, unknown>>[]
  revoked: boolean
  /** False: heartbeats stay unanswered. */
  acknowledgesHeartbeats: boolean
  identifies: number
  resumes: number
  /** Answers to the next IDENTIFY or RESUME: a close code, or op 9. */
  readonly nextHandshakes: ({ readonly close: number } | { readonly invalidSession: boolean })[]
  /** Until then every call of the bot is limited, in milliseconds since 1970. */
  limitedUntilMs: number
  sessionStarts: { remaining: number; resetAtMs: number }
}

export function createBotState(
  options: DiscordBotOptions,
  serverFaults: Faults,
  guard: (faults: Faults) => Faults,
): DiscordBotState {
  const { token, username, id = snowflake(), messageContent = true } = options
  const faults = guard(createFaults())
  return {
    token,
    user: {
      id,
      username,
      global_name: null,
      discriminator: '0000',
      avatar: null,
      bot: true,
    },
    applicationId: snowflake(),
    messageContent,
    faults,
    takeFault: (method, ...kinds) =>
      faults.take(method, ...kinds) ?? serverFaults.take(method, ...kinds),
    calls: [],
    sessions: new Map(),
    interactions: new Map(),
    commands: [],
    revoked: false,
    acknowledgesHeartbeats: true,
    identifies: 0,
    resumes: 0,
    nextHandshakes: [],
    limitedUntilMs: 0,
    sessionStarts: { remaining: 1000, resetAtMs: 0 },
  }
}
