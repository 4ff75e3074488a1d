import type { BindingConfig, BindingMatch, Config, PolicyConfig } from '../config.ts'
import { quote } from '../schema/reader.ts'
import { accountPath, join, type CheckContext } from './check.ts'
import { readPeople } from './identity-links.ts'

/** Somebody who can write a direct message; without `id` it is anybody. */
interface Writer {
  readonly channel: string
  readonly accountId: string
  readonly id: string | undefined
}

/**
 * Under `dmScope: 'main'` everybody whose DM reaches an agent shares one conversation. That is never the default for more
 * than one person: somebody has to write it down.
 */
export function checkSharing({ config, input, report, at }: CheckContext): void {
  if (input.session?.dmScope !== undefined) return
  for (const { agentId, people, isOpen, account } of sharedConversations(config))
    report.error(
      at(accountPath(input, account.channel, account.accountId)),
      'SHARED_SESSION',
      `the agent ${quote(agentId)} would hold one conversation with ${listed(people)}: each would read what the others write`,
      'write session: { dmScope: "per-channel-peer" } to give each person a conversation, session: { dmScope: "main" } to share one' +
        (isOpen ? '' : ', or link the accounts of one person in session.identityLinks'),
    )
}

/** An agent whose main session takes the direct messages of more than one person. */
export interface SharedConversation {
  readonly agentId: string
  /** `channel:id`, the name of a linked person, or `anyone on <channel>`. */
  readonly people: readonly string[]
  readonly isOpen: boolean
  /** Where the first of them writes. */
  readonly account: { readonly channel: string; readonly accountId: string }
}

/** Who would share a conversation with whom if direct messages all went to the main session of their agent. */
export function sharedConversations(config: Config): readonly SharedConversation[] {
  const people = readPeople(config.session.identityLinks)
  const audiences = new Map<string, Map<string, SharedConversation['account']>>()
  for (const writer of writersOf(config)) {
    const { channel, accountId, id } = writer
    const name = id === undefined ? `anyone on ${channel}` : `${channel}:${id}`
    const person = people.get(name) ?? name
    for (const agentId of reachedBy(writer, config)) {
      const audience = audiences.get(agentId) ?? new Map<string, SharedConversation['account']>()
      audiences.set(agentId, audience.set(person, { channel, accountId }))
    }
  }
  return [...audiences].flatMap(([agentId, audience]) => {
    const names = [...audience.keys()]
    const isOpen = names.some((name) => name.startsWith('anyone on '))
    const [account] = audience.values()
    return account === undefined || (names.length < 2 && !isOpen)
      ? []
      : [{ agentId, people: names, isOpen, account }]
  })
}

function* writersOf(config: Config): Generator<Writer> {
  for (const [channel, accounts] of Object.entries(config.channels)) {
    for (const [accountId, account] of Object.entries(accounts)) {
      if (!account.enabled || account.dmPolicy === 'disabled') continue
      // Whoever writes on the web page has logged in to this gateway: its owner.
      const isOpen = account.dmPolicy === 'open' || account.allowFrom.includes('*')
      if (isOpen && channel === 'web') continue
      const ids = new Set([...account.allowFrom, ...(isOpen ? namedPeople(config) : [])])
      ids.delete('*')
      for (const id of ids) yield { channel, accountId, id }
      if (isOpen) yield { channel, accountId, id: undefined }
    }
  }
}

/** Whom bindings and agents single out; on an open account each of them is a writer of their own. */
function namedPeople({ bindings, agents, routing }: Config): readonly string[] {
  const matches = [
    ...bindings.map(({ match }) => match),
    ...routing.policies.map(({ when }) => when),
  ]
  const peers = matches.filter(isDirect).map(({ peer }) => peer?.id ?? '*')
  const admitted = [...bindings, ...agents.list].flatMap(({ allowFrom }) => allowFrom ?? [])
  const senders = routing.policies.flatMap(({ when }) => when.sender ?? [])
  return [...peers, ...admitted, ...senders]
}

/** The agents whose main session this writer's direct messages could reach. */
function reachedBy(writer: Writer, config: Config): ReadonlySet<string> {
  const chosen = admittedBy(chosenFor(writer, config), writer, config)
  return admittedBy(withStandIns(chosen, config), writer, config)
}

/** Who stands in for an agent answers in a session of its own, which others may share. */
function withStandIns(
  chosen: ReadonlySet<string>,
  { agents, routing }: Config,
): ReadonlySet<string> {
  const reached = new Set(chosen)
  if (routing.onUnavailable !== 'fallback') return reached
  // A set gives what is added while it is read, too.
  for (const id of reached)
    for (const next of agents.list.find((agent) => agent.id === id)?.fallback ?? [])
      reached.add(next)
  return reached
}

/** The agents that the rules choose for the writer, whether or not they can answer then. */
function chosenFor(writer: Writer, config: Config): ReadonlySet<string> {
  const { list } = config.agents
  const broadcast = writer.id === undefined ? undefined : config.broadcast?.groups[writer.id]
  const reached = new Set(broadcast)
  if (broadcast !== undefined) return reached
  const candidates = config.bindings
    .filter(({ match }) => match.channel === writer.channel && couldMatch(match, writer, config))
    .sort((a, b) => rankOf(b) - rankOf(a))
  for (const binding of candidates) {
    const isAdmitted = allows(binding.allowFrom, writer.id)
    // A scope that the binding writes out is a choice, whatever it is.
    if (isAdmitted && binding.dmScope === undefined) reached.add(binding.agentId)
    if (isCertain(binding)) return reached
  }
  for (const policy of config.routing.policies)
    if (couldFire(policy, writer, config))
      for (const id of targetsOf(policy, config)) reached.add(id)
  const usual = list.find((agent) => agent.default)?.id
  if (usual !== undefined) reached.add(usual)
  return reached
}

function couldFire({ when }: PolicyConfig, writer: Writer, config: Config): boolean {
  const { channel = writer.channel, accountId = '*', sender } = when
  const isOfSender = sender === undefined || allows(sender, writer.id)
  return (
    channel === writer.channel && isOfSender && couldMatch({ ...when, accountId }, writer, config)
  )
}

function targetsOf(
  { to, else: standIns = [] }: PolicyConfig,
  { agents }: Config,
): readonly string[] {
  const ofRole = agents.list.filter(({ roles }) => roles.some((role) => to === `role:${role}`))
  return [to, ...ofRole.map(({ id }) => id), ...standIns]
}

function admittedBy(
  agentIds: ReadonlySet<string>,
  writer: Writer,
  config: Config,
): ReadonlySet<string> {
  const admits = new Map(config.agents.list.map(({ id, allowFrom }) => [id, allowFrom]))
  return new Set([...agentIds].filter((id) => allows(admits.get(id), writer.id)))
}

/** For anybody, a list that names somebody is not a way in: its people come as writers of their own. */
function allows(list: readonly string[] | undefined, id: string | undefined): boolean {
  if (list === undefined || list.length === 0 || list.includes('*')) return true
  return id !== undefined && list.includes(id)
}

/** Of a match on the writer's channel. */
function couldMatch(match: Partial<BindingMatch>, writer: Writer, config: Config): boolean {
  const omitted = config.routing.omittedAccount === 'any' ? '*' : 'default'
  const accountId = match.accountId ?? omitted
  if (accountId !== '*' && accountId !== writer.accountId) return false
  if (match.peer === undefined) return true
  return match.peer.kind === 'dm' && (match.peer.id === '*' || match.peer.id === writer.id)
}

function isDirect({ peer }: Partial<BindingMatch>): boolean {
  return peer?.kind === 'dm'
}

/** Whether every direct message of the writer has what this binding asks for. */
function isCertain({ match }: BindingConfig): boolean {
  return match.guildId === undefined && match.teamId === undefined
}

/** Higher is more specific; in one tier a named account comes first, and a sort keeps the order of the file. */
function rankOf({ match }: BindingConfig): number {
  const hasAccount = match.accountId !== undefined && match.accountId !== '*'
  const tier =
    match.peer === undefined
      ? match.guildId === undefined
        ? match.teamId === undefined
          ? hasAccount
            ? 1
            : 0
          : 2
        : 3
      : match.peer.id === '*'
        ? 4
        : 5
  return tier * 2 + (hasAccount ? 1 : 0)
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5)
  const rest = names.length - shown.length
  return join(rest === 0 ? shown : [...shown, `${rest} more`])
}
