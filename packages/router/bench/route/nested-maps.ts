import type { Binding, RouteInput } from '@junctor/router'

/** What one would write by hand for the same bindings: Maps in Maps, an agent id out. No result object, no session key. */
interface Bucket {
  readonly dm: Map<string, string>
  readonly room: Map<string, string>
  readonly roles: Map<string, Map<string, string>>
  readonly guilds: Map<string, string>
  readonly teams: Map<string, string>
  everyDm: string | undefined
  everyRoom: string | undefined
  self: string | undefined
}

interface Buckets {
  readonly named: Map<string, Bucket>
  readonly any: Bucket
}

export function compileNestedMaps(bindings: readonly Binding[], defaultAgent: string) {
  const channels = new Map<string, Buckets>()
  for (const binding of bindings) add(channels, binding)

  return (input: RouteInput): string => {
    const buckets = channels.get(input.channel)
    if (buckets === undefined) return defaultAgent
    const named = buckets.named.get(input.accountId)
    const { any } = buckets
    const isDm = input.peer.kind === 'dm'

    const own = named && (isDm ? named.dm : named.room).get(input.peer.id)
    const peer = own ?? (isDm ? any.dm : any.room).get(input.peer.id)
    if (peer !== undefined) return peer
    if (input.parents !== undefined) {
      for (const parent of input.parents) {
        const found = named?.room.get(parent.id) ?? any.room.get(parent.id)
        if (found !== undefined) return found
      }
    }
    const wildcard = named && (isDm ? named.everyDm : named.everyRoom)
    const everyone = wildcard ?? (isDm ? any.everyDm : any.everyRoom)
    if (everyone !== undefined) return everyone
    if (input.guildId !== undefined) {
      const found = findRole(named, input) ?? findRole(any, input)
      if (found !== undefined) return found
      const guild = named?.guilds.get(input.guildId) ?? any.guilds.get(input.guildId)
      if (guild !== undefined) return guild
    }
    if (input.teamId !== undefined) {
      const team = named?.teams.get(input.teamId) ?? any.teams.get(input.teamId)
      if (team !== undefined) return team
    }
    return named?.self ?? any.self ?? defaultAgent
  }
}

/** The same with no index at all: every binding is looked at for every message. */
export function compileLinearScan(bindings: readonly Binding[], defaultAgent: string) {
  return (input: RouteInput): string => {
    let best = defaultAgent
    let bestRank = Number.POSITIVE_INFINITY
    for (const { agentId, match } of bindings) {
      const { channel, accountId, peer, guildId, teamId, roles } = match
      if (channel !== input.channel) continue
      if (accountId !== undefined && accountId !== '*' && accountId !== input.accountId) continue
      if (guildId !== undefined && guildId !== input.guildId) continue
      if (teamId !== undefined && teamId !== input.teamId) continue
      if (roles !== undefined && !roles.some((role) => input.roles?.includes(role))) continue
      let rank = guildId === undefined ? 5 : 4
      if (roles !== undefined) rank = 3
      if (guildId === undefined && teamId === undefined) rank = 6
      if (peer !== undefined) {
        const { id } = peer
        const sameKind = (peer.kind === 'dm') === (input.peer.kind === 'dm')
        if (id === '*' && sameKind) rank = 2
        else if (id === input.peer.id && sameKind) rank = 0
        else if (input.parents?.some((parent) => parent.id === id)) rank = 1
        else continue
      }
      rank = rank * 2 + (accountId === undefined || accountId === '*' ? 1 : 0)
      if (rank >= bestRank) continue
      best = agentId
      bestRank = rank
    }
    return best
  }
}

function findRole(bucket: Bucket | undefined, input: RouteInput): string | undefined {
  const roles = bucket?.roles.get(input.guildId ?? '')
  if (roles === undefined || input.roles === undefined) return undefined
  for (const role of input.roles) {
    const found = roles.get(role)
    if (found !== undefined) return found
  }
  return undefined
}

function add(channels: Map<string, Buckets>, { agentId, match }: Binding): void {
  const { channel, accountId = '*', peer, guildId, teamId, roles } = match
  const buckets = getOrAdd(channels, channel, () => ({ named: new Map(), any: newBucket() }))
  const bucket = accountId === '*' ? buckets.any : getOrAdd(buckets.named, accountId, newBucket)
  if (peer !== undefined && peer.id === '*') {
    if (peer.kind === 'dm') bucket.everyDm ??= agentId
    else bucket.everyRoom ??= agentId
  } else if (peer !== undefined) {
    getOrAdd(peer.kind === 'dm' ? bucket.dm : bucket.room, peer.id, () => agentId)
  } else if (guildId !== undefined && roles !== undefined) {
    const byRole = getOrAdd(bucket.roles, guildId, () => new Map<string, string>())
    for (const role of roles) getOrAdd(byRole, role, () => agentId)
  } else if (guildId !== undefined) getOrAdd(bucket.guilds, guildId, () => agentId)
  else if (teamId !== undefined) getOrAdd(bucket.teams, teamId, () => agentId)
  else bucket.self ??= agentId
}

function newBucket(): Bucket {
  return {
    dm: new Map(),
    room: new Map(),
    roles: new Map(),
    guilds: new Map(),
    teams: new Map(),
    everyDm: undefined,
    everyRoom: undefined,
    self: undefined,
  }
}

function getOrAdd<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const value = create()
  map.set(key, value)
  return value
}
