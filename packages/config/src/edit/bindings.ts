import type { Node } from '../json5/node.ts'
import { childOf, nodeAt, textOf } from '../json5/tree.ts'
import { agentsOf, idOf } from '../lift/agent-list.ts'
import { quote } from '../schema/reader.ts'
import { editTexts, type ConfigSource, type Draft, type Edited } from './draft.ts'
import { refuse } from './refusal.ts'

/** What a new binding matches; without `accountId` every account of the channel. */
export interface NewBinding {
  readonly channel: string
  readonly accountId?: string
  readonly peer?: { readonly kind: 'dm' | 'group' | 'channel'; readonly id: string }
}

export interface BindingConflict extends NewBinding {
  /** The agent that the file gives this match to. */
  readonly agentId: string
}

export interface BoundAgent {
  readonly added: readonly NewBinding[]
  /** The file had them already, for this agent. */
  readonly skipped: readonly NewBinding[]
  /** The file gives them to another agent; left as they are. */
  readonly conflicts: readonly BindingConflict[]
}

export interface UnboundAgent {
  readonly removed: readonly NewBinding[]
  /** The agent has no such binding. */
  readonly missing: readonly NewBinding[]
}

/** Writes bindings for an agent of the file. */
export function bindAgent(
  source: ConfigSource,
  agentId: string,
  bindings: readonly NewBinding[],
): Edited<BoundAgent> {
  return editTexts(source, (draft) => {
    const id = agentId.toLowerCase()
    requireAgent(draft, id)
    return addBindings(draft, id, bindings)
  })
}

/** Takes bindings of an agent out of the file: these, or every one that leads to it. */
export function unbindAgent(
  source: ConfigSource,
  agentId: string,
  bindings: readonly NewBinding[] | 'all',
): Edited<UnboundAgent> {
  return editTexts(source, (draft) => {
    const id = agentId.toLowerCase()
    const before = wholeAccountsOf(draft, id)
    const removed: NewBinding[] = []
    const missing: NewBinding[] = []
    if (bindings === 'all') removed.push(...removeBindingsOf(draft, id))
    else
      for (const binding of bindings) {
        const found = draft
          .bindings()
          .find(({ node }) => agentOf(node) === id && isSame(node, binding, draft))
        if (found === undefined) missing.push(binding)
        else {
          if (found.from === 'account') refuseAccount(draft, id, binding)
          draft.unbind(found)
          removed.push(binding)
        }
      }
    const [left] = wholeAccountsOf(draft, id).filter(
      (text) => bindings === 'all' || !before.includes(text),
    )
    if (left !== undefined) refuseAccount(draft, id, left)
    return { removed, missing }
  })
}

/** Accounts of its own that lead to an agent as a whole. */
function wholeAccountsOf(draft: Draft, id: string): readonly string[] {
  return draft
    .bindings()
    .filter(({ node, from }) => from === 'account' && agentOf(node) === id)
    .map(({ node }) => accountText(matchOf(node)))
}

function accountText({ channel, accountId = '' }: NewBinding): string {
  return `${channel}/${accountId}`
}

/** To leave the binding out would give the messages to nobody whom the file names. */
function refuseAccount(draft: Draft, id: string, account: NewBinding | string): never {
  const name = typeof account === 'string' ? account : accountText(account)
  return refuse(
    ['agents', 'list', requireAgent(draft, id), 'accounts'],
    'CONFLICT',
    `the account ${name} is declared in the agent ${quote(id)}, and without a route leads to it as a whole`,
    'move it to channels.<channel>.accounts, or keep a route for it',
  )
}

export function requireAgent(draft: Draft, id: string): number {
  const agents = agentsIn(draft)
  const index = agents.findIndex((agent) => idOf(agent) === id)
  if (index !== -1 || (agents.length === 0 && id === 'main')) return index
  return refuse(['agents'], 'UNKNOWN_AGENT', `there is no agent ${quote(id)} in the file`)
}

export function agentsIn(draft: Draft): readonly Node[] {
  const root = draft.nodeAt([])
  return (root && agentsOf(root)) ?? []
}

export function addBindings(draft: Draft, id: string, bindings: readonly NewBinding[]): BoundAgent {
  const added: NewBinding[] = []
  const skipped: NewBinding[] = []
  const conflicts: BindingConflict[] = []
  for (const binding of bindings) {
    const owner = draft.bindings().find(({ node }) => isSame(node, binding, draft))
    const agentId = owner && agentOf(owner.node)
    if (agentId === id) skipped.push(binding)
    else if (agentId !== undefined) conflicts.push({ ...binding, agentId })
    else {
      const { channel, accountId, peer } = binding
      draft.append(['bindings'], { agentId: id, match: { channel, accountId, peer } })
      added.push(binding)
    }
  }
  return { added, skipped, conflicts }
}

/** Takes every binding away that leads to the agent, but for those that come with an account of its own. */
export function removeBindingsOf(draft: Draft, id: string): readonly NewBinding[] {
  const removed: NewBinding[] = []
  for (;;) {
    const last = draft
      .bindings()
      .findLast(({ node, from }) => from !== 'account' && agentOf(node) === id)
    if (last === undefined) return removed
    draft.unbind(last)
    removed.unshift(matchOf(last.node))
  }
}

function agentOf(binding: Node): string | undefined {
  return textOf(childOf(binding, 'agentId'))?.toLowerCase()
}

function matchOf(binding: Node): NewBinding {
  const text = (...path: readonly string[]): string | undefined => textOf(nodeAt(binding, path))
  const accountId = text('match', 'accountId')
  const id = text('match', 'peer', 'id')
  const kind = text('match', 'peer', 'kind')
  return {
    channel: text('match', 'channel') ?? '',
    ...(accountId === undefined ? {} : { accountId }),
    ...(id === undefined ? {} : { peer: { kind: isRoom(kind) ? kind : 'dm', id } }),
  }
}

/** Whether a binding of the file matches exactly this, and nothing else besides. */
function isSame(node: Node, binding: NewBinding, draft: Draft): boolean {
  const match = childOf(node, 'match')
  const isPlain =
    match?.type === 'object' &&
    match.members.every(({ key }) => ['channel', 'accountId', 'peer'].includes(key))
  if (!isPlain) return false
  const omitted =
    textOf(draft.nodeAt(['routing', 'omittedAccount'])) === 'default' ? 'default' : '*'
  const written = matchOf(node)
  return (
    written.channel.toLowerCase() === binding.channel.toLowerCase() &&
    (written.accountId ?? omitted) === (binding.accountId ?? omitted) &&
    written.peer?.id === binding.peer?.id &&
    isRoom(written.peer?.kind) === isRoom(binding.peer?.kind)
  )
}

/** For matching, groups and channels are one kind. */
function isRoom(kind: string | undefined): kind is 'group' | 'channel' {
  return kind === 'group' || kind === 'channel'
}
