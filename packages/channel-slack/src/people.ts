import { ChannelError, type ChannelHost, type Sender } from '@junctor/channel'
import type { Timing } from './options.ts'
import type { Api } from './web-api.ts'

export type Names = Pick<Sender, 'name' | 'username'>

/** Events carry only ids of people. Their names are asked for once, and no message waits long for one. */
export interface People {
  namesOf(userId: string, signal: AbortSignal): Promise<Names>
  /** Somebody of another workspace writes in a channel that both share. */
  learnTeam(userId: string, teamId: string): void
  teamOf(userId: string): string | undefined
}

const mostKnown = 2000
const longestWaitMs = 1500
/** People change their names. */
const keptMs = 60 * 60_000
const failedKeptMs = 60_000

export function createPeople(api: Api, host: ChannelHost, { now }: Timing): People {
  const known = new Map<string, { readonly names: Names; readonly until: number }>()
  const teams = new Map<string, string>()
  let isAllowed = true

  const ask = async (userId: string, signal: AbortSignal): Promise<Names> => {
    const { user } = await api.call('users.info', signal, (client) =>
      client.users.info({ user: userId }),
    )
    const name = [user?.profile?.display_name, user?.profile?.real_name, user?.real_name].find(
      Boolean,
    )
    return { ...(name ? { name } : {}), ...(user?.name ? { username: user.name } : {}) }
  }

  return {
    async namesOf(userId, signal) {
      const kept = known.get(userId)
      if (kept !== undefined && kept.until > now()) return kept.names
      if (!isAllowed) return {}
      let names: Names = kept?.names ?? {}
      let until = now() + keptMs
      try {
        names = await ask(userId, AbortSignal.any([signal, AbortSignal.timeout(longestWaitMs)]))
      } catch (error) {
        until = now() + failedKeptMs
        isAllowed = !(ChannelError.isInstance(error) && error.code === 'FORBIDDEN')
        host.log.debug({ userId, error }, 'Slack did not tell a name; users:read shows names')
      }
      known.delete(userId)
      known.set(userId, { names, until })
      bound(known)
      return names
    },
    learnTeam(userId, teamId) {
      teams.set(userId, teamId)
      bound(teams)
    },
    teamOf: (userId) => teams.get(userId),
  }
}

function bound(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (map.size > mostKnown && oldest !== undefined) map.delete(oldest)
}
