import { RouterError } from './errors.ts'
import type { Roster } from './roster.ts'
import type { OutboundTarget, RouteAnswer, RouteInput, RoutePeer } from './router-contract.ts'
import { show, type Rule } from './rules.ts'

export interface OutboundTable {
  readonly rules: readonly Rule[]
  readonly roster: Roster
  readonly broadcast: ReadonlyMap<string, readonly string[]>
  readonly defaultAccounts: ReadonlyMap<string, string>
  readonly resolveAll: (input: RouteInput) => readonly RouteAnswer[]
}

/** Asks the table backwards: through which account would the conversation's messages reach this agent? */
export function accountFor(table: OutboundTable, agentId: string, target: OutboundTarget): string {
  if (!table.roster.ids.has(agentId)) {
    throw new RouterError(
      'UNKNOWN_AGENT',
      `There is no agent ${show(agentId)}. Known agents: ${[...table.roster.ids].join(', ')}.`,
    )
  }
  const channel = target.channel.toLowerCase()
  const known = knownAccounts(table, channel, target)
  const { accounts, byName } =
    target.peer === undefined
      ? accountsOfAgent(table, agentId, channel, known)
      : accountsOfConversation(table, agentId, target, target.peer, known)
  const [only, ...others] = accounts
  if (only !== undefined && others.length === 0) return only

  const usual = table.defaultAccounts.get(channel)
  if (!byName && usual !== undefined && accounts.includes(usual)) return usual
  throw only === undefined
    ? noAccount(agentId, channel, known)
    : ambiguousAccount(agentId, channel, accounts)
}

interface Accounts {
  readonly accounts: readonly string[]
  /** A binding of the agent names one of them: then the channel's default account may not stand in. */
  readonly byName: boolean
}

function knownAccounts(
  { rules, defaultAccounts }: OutboundTable,
  channel: string,
  { accounts }: OutboundTarget,
): readonly string[] {
  if (accounts !== undefined) return [...new Set(accounts)]
  const named = new Set<string>()
  for (const rule of rules) {
    if (rule.channel === channel && rule.accountId !== undefined) named.add(rule.accountId)
  }
  const usual = defaultAccounts.get(channel)
  if (usual !== undefined) named.add(usual)
  return named.size === 0 ? ['default'] : [...named]
}

function accountsOfAgent(
  { rules, roster, broadcast }: OutboundTable,
  agentId: string,
  channel: string,
  known: readonly string[],
): Accounts {
  const own = rules.filter((rule) => rule.channel === channel && rule.agentId === agentId)
  const named = new Set(
    own.flatMap(({ accountId }) => (accountId === undefined ? [] : [accountId])),
  )
  if (named.size > 0)
    return { accounts: known.filter((account) => named.has(account)), byName: true }
  const speaksAnywhere =
    own.length > 0 ||
    roster.defaultId === agentId ||
    [...broadcast.values()].some((agentIds) => agentIds.includes(agentId))
  return { accounts: speaksAnywhere ? known : [], byName: false }
}

function accountsOfConversation(
  { rules, resolveAll }: OutboundTable,
  agentId: string,
  target: OutboundTarget,
  peer: RoutePeer,
  known: readonly string[],
): Accounts {
  const accounts: string[] = []
  let byName = false
  for (const accountId of known) {
    const answers = resolveAll({ ...target, peer, accountId })
    const answer = answers.find((candidate) => candidate.agentId === agentId)
    if (answer === undefined) continue
    accounts.push(accountId)
    if (answer.binding !== undefined) {
      byName ||= rules[answer.binding.index]?.accountId !== undefined
    }
  }
  return { accounts, byName }
}

function noAccount(agentId: string, channel: string, known: readonly string[]): RouterError {
  return new RouterError(
    'NO_ACCOUNT',
    `No account of ${channel} leads to agent ${show(agentId)} there (accounts: ${known.join(', ')}). Add a binding, or name the account.`,
    { details: { agentId, channel } },
  )
}

function ambiguousAccount(
  agentId: string,
  channel: string,
  accounts: readonly string[],
): RouterError {
  return new RouterError(
    'AMBIGUOUS_ACCOUNT',
    `Agent ${show(agentId)} speaks with ${accounts.length} accounts of ${channel}: ${accounts.join(', ')}. Name the account, or bind the agent to one of them.`,
    { details: { agentId, channel, accounts: accounts.join(', ') } },
  )
}
