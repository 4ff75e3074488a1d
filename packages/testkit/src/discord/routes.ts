import type { RequestBody } from '../http-body.ts'
import type { DiscordBotState } from './bot-state.ts'
import type { Emit } from './emit.ts'
import { rolesOf } from './guild-payload.ts'
import { interactionRoutes } from './interaction-routes.ts'
import { messageRoutes } from './message-routes.ts'
import { memberOf, person } from './people.ts'
import { refuse, refuseField } from './types.ts'
import type { World } from './world.ts'

export interface RouteCall {
  readonly world: World
  readonly bot: DiscordBotState
  readonly body: RequestBody
  readonly query: URLSearchParams
  readonly emit: Emit
  /** Where files are served. */
  readonly origin: string
  readonly gatewayUrl: string
  /** How long an interaction waits for its acknowledgement. */
  readonly interactionDeadlineMs: number
  /** What the pattern of the route caught. */
  readonly params: readonly string[]
}

/** Answers with a value as JSON, or with `undefined` for 204. */
export interface Route {
  readonly method: string
  readonly pattern: RegExp
  run(call: RouteCall): unknown
}

const accountRoutes: readonly Route[] = [
  { method: 'GET', pattern: /^\/users\/@me$/, run: ({ bot }) => bot.user },
  {
    method: 'GET',
    pattern: /^\/applications\/@me$/,
    run: ({ bot }) => ({ id: bot.applicationId, name: bot.user.username, flags: 0 }),
  },
  {
    method: 'GET',
    pattern: /^\/gateway\/bot$/,
    run({ bot, gatewayUrl }) {
      const { sessionStarts } = bot
      if (sessionStarts.remaining <= 0 && Date.now() >= sessionStarts.resetAtMs) {
        sessionStarts.remaining = 1000
      }
      return {
        url: gatewayUrl,
        shards: 1,
        session_start_limit: {
          total: 1000,
          remaining: Math.max(0, sessionStarts.remaining),
          reset_after: Math.max(0, sessionStarts.resetAtMs - Date.now()),
          max_concurrency: 1,
        },
      }
    },
  },
  {
    method: 'POST',
    pattern: /^\/users\/@me\/channels$/,
    run({ world, bot, body }) {
      const id = body.params['recipient_id']
      if (typeof id !== 'string' && typeof id !== 'number') {
        return refuseField('recipient_id', 'BASE_TYPE_REQUIRED', 'This field is required')
      }
      if (!/^\d{17,20}$/.test(String(id))) return refuse(400, 50_033, 'Invalid Recipient(s)')
      return world.directChannel(bot.user, person(String(id))).channel
    },
  },
  {
    method: 'GET',
    pattern: /^\/channels\/(\d+)$/,
    run: ({ world, bot, params: [id = ''] }) => world.viewable(id, bot.user).channel,
  },
  {
    method: 'PATCH',
    pattern: /^\/channels\/(\d+)$/,
    run({ world, bot, body, params: [id = ''] }) {
      const state = world.writable(id, bot.user)
      const { thread_metadata: metadata } = state.channel
      if (!metadata || typeof body.params['archived'] !== 'boolean') {
        return refuse(400, 50_024, 'Cannot execute action on this channel type')
      }
      if (metadata.locked) return refuse(403, 50_013, 'Missing Permissions')
      const archived = body.params['archived']
      state.channel = { ...state.channel, thread_metadata: { ...metadata, archived } }
      return state.channel
    },
  },
  {
    method: 'GET',
    pattern: /^\/guilds\/(\d+)\/members\/(\d+)$/,
    run({ world, bot, params: [guildId = '', userId = ''] }) {
      const guild = world.guilds.get(guildId)
      if (!guild || guild.without.has(bot.user.id)) return refuse(403, 50_001, 'Missing Access')
      if (!guild.roles.has(userId)) return refuse(404, 10_007, 'Unknown Member')
      const channel = { id: '', type: 0, guild_id: guildId, last_message_id: null }
      const state = { channel, messages: new Map(), closedTo: 'nothing' } as const
      return { ...memberOf(world, state, userId), user: person(userId) }
    },
  },
  {
    method: 'GET',
    pattern: /^\/guilds\/(\d+)\/roles$/,
    run({ world, bot, params: [guildId = ''] }) {
      const guild = world.guilds.get(guildId)
      if (!guild || guild.without.has(bot.user.id)) return refuse(403, 50_001, 'Missing Access')
      return rolesOf(guild, bot)
    },
  },
  {
    method: 'PUT',
    pattern: /^\/applications\/(\d+)\/commands$/,
    run({ bot, body, params: [id = ''] }) {
      if (id !== bot.applicationId) return refuse(403, 20_012, 'You are not authorized')
      const list: unknown = body.params
      if (!Array.isArray(list)) return refuse(400, 50_035, 'Invalid Form Body')
      const commands = list as readonly Readonly<Record<string, unknown>>[]
      for (const { name, description } of commands) {
        if (typeof name !== 'string' || !/^[-_'\p{L}\p{N}]{1,32}$/u.test(name)) {
          return refuseField('name', 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
        }
        if (name !== name.toLowerCase()) {
          return refuseField('name', 'APPLICATION_COMMAND_INVALID_NAME', 'Must be lower case')
        }
        if (typeof description !== 'string' || !/^.{1,100}$/su.test(description)) {
          return refuseField('description', 'BASE_TYPE_BAD_LENGTH', 'Must be 1 to 100 in length')
        }
      }
      bot.commands = commands
      return commands
    },
  },
]

const routes: readonly Route[] = [...accountRoutes, ...messageRoutes, ...interactionRoutes]

export function findRoute(
  method: string,
  path: string,
): { readonly route: Route; readonly params: readonly string[] } | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null
    if (match) return { route, params: match.slice(1) }
  }
  return undefined
}
