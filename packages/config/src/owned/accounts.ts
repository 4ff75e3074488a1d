import { accountSecrets } from '../defaults/account-secrets.ts'
import { valueOf } from '../defaults/channels.ts'
import type { Member, Node, ObjectNode } from '../json5/node.ts'
import { hasRoomFor, memberOf, nodeAt, object, put, without } from '../json5/tree.ts'
import { reportConflicts } from '../lift/lifting.ts'
import { mergeNodes } from '../lift/merge.ts'
import type { Path } from '../report.ts'
import type { OwnedOptions } from './declare-owned.ts'
import { isAccount } from './is-account.ts'

/** An account that an agent declares. */
export interface OwnAccount {
  readonly channel: string
  readonly name: string
  /** Where it stands. */
  readonly node: Node
}

/** Moves the accounts of an agent to `channels`. One that is declared there as well must not say anything else. */
export function moveAccounts(
  root: Node,
  agentPath: Path,
  options: OwnedOptions,
): { readonly node: Node; readonly accounts: readonly OwnAccount[] } {
  const path = [...agentPath, 'accounts']
  const accounts: OwnAccount[] = []
  let node = root
  for (const { key: channel, value } of membersOf(nodeAt(root, path)))
    for (const member of membersOf(value)) {
      const section = sectionOf(node, channel)
      const to = ['channels', section, 'accounts', member.key]
      if (!isAccount(member.value, channel) || !hasRoomFor(node, to)) continue
      node = withDefaultAccount(node, section, options)
      const { node: merged, conflicts } = mergeNodes(nodeAt(node, to) ?? member.value, member.value)
      reportConflicts(conflicts, options)
      node = put(node, to, merged, member.keyStart)
      node = without(node, [...path, channel, member.key], { prune: true })
      accounts.push({ channel, name: member.key, node: member.value })
    }
  return { node, accounts }
}

/** Of a key that is written twice the last one counts. */
function membersOf(node: Node | undefined): readonly Member[] {
  if (node?.type !== 'object') return []
  return node.members.filter((member) => memberOf(node, member.key) === member)
}

/** The channel as `channels` spells it: upper and lower case make no difference. */
function sectionOf(root: Node, channel: string): string {
  const found = membersOf(nodeAt(root, ['channels'])).find(
    ({ key }) => key.toLowerCase() === channel.toLowerCase(),
  )
  return found?.key ?? channel
}

/** A channel without `accounts` may be an account itself, `default`. It stays one beside those that agents declare. */
function withDefaultAccount(root: Node, channel: string, { env }: OwnedOptions): Node {
  const section = memberOf(nodeAt(root, ['channels']), channel)
  const accounts = ['channels', channel, 'accounts']
  if (nodeAt(root, accounts) !== undefined) return root
  if (section === undefined && channel.toLowerCase() !== 'web') return root
  if (section !== undefined && !isAccountItself(section, env)) return root
  const place = section?.value ?? { start: root.start, end: root.start }
  const node: ObjectNode = object([], place)
  return put(root, [...accounts, 'default'], node, section?.keyStart)
}

/** What would have no token without a name is no account, but what all accounts of the channel have. */
function isAccountItself({ key, value }: Member, env: OwnedOptions['env']): boolean {
  const [secret] = accountSecrets.filter(({ channel }) => channel === key.toLowerCase())
  if (secret === undefined) return true
  const isWritten = [secret.key, 'token'].some((name) => memberOf(value, name) !== undefined)
  return isWritten || valueOf(env, secret.variable) !== undefined
}
