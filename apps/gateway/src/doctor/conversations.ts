import { sharedConversations } from '@junctor/config'
import { sessionKey } from '@junctor/session-key'
import type { AgentStore, JsonValue, Store } from '@junctor/store'
import { placed, type Finding, type World } from './finding.ts'

/** Messages of a main session that are looked at, the newest ones. */
const MOST_MESSAGES = 200

/** Two people in one main session, where the config writes it out: whoever wrote it may not have thought of everybody. */
export function checkSharedConversations(world: World): readonly Finding[] {
  if (world.config.session.dmScope !== 'main') return []
  return sharedConversations(world.config).map(({ agentId, people }) =>
    placed(
      {
        severity: 'warning',
        code: 'SHARED_SESSION',
        subject: `main session of ${agentId}`,
        message: `may be shared by ${some(people)}: each reads what the others write`,
        hint: 'session.dmScope: "per-channel-peer" gives each person a conversation',
      },
      world,
      ['session', 'dmScope'],
    ),
  )
}

/** The same as the store has seen it. */
export async function checkSeenConversations(
  world: World,
  store: Store,
): Promise<readonly Finding[]> {
  const { mainKey, identityLinks } = world.config.session
  const people = new Map(
    Object.entries(identityLinks).flatMap(([person, accounts]) =>
      accounts.map((account) => [account, person] as const),
    ),
  )
  const known = new Set(await store.agents())
  const findings: Finding[] = []
  for (const { id } of world.config.agents.list.filter((agent) => known.has(agent.id))) {
    const seen = await writersOf(
      store.agent(id),
      sessionKey({ kind: 'main', agentId: id, mainKey }),
    )
    const names = new Set(seen.map((writer) => people.get(writer) ?? writer))
    if (names.size < 2) continue
    const finding = {
      severity: 'warning',
      code: 'SHARED_SESSION',
      subject: `main session of ${id}`,
      message: `${some([...names])} have written in one conversation of late`,
      hint: 'give each a conversation with session.dmScope, or link the accounts of one person in session.identityLinks',
    } as const
    findings.push(placed(finding, world, ['session']))
  }
  return findings
}

/** `channel:sender` of the direct messages in the current conversation. */
async function writersOf(agent: AgentStore, key: string): Promise<readonly string[]> {
  if ((await agent.session(key)) === undefined) return []
  const rows = await agent.transcript(key, { limit: MOST_MESSAGES, current: true })
  const ids = new Set(rows.flatMap(({ messageId }) => messageId ?? []))
  const stories = await Promise.all([...ids].map((id) => agent.find(id)))
  const writers = stories.flat().map(({ message }) => writerOf(message.body))
  return [...new Set(writers.filter((writer) => writer !== undefined))]
}

function writerOf(envelope: JsonValue): string | undefined {
  const channel = fieldOf(envelope, 'channel')
  const id = fieldOf(fieldOf(envelope, 'sender'), 'id')
  // Whoever writes on the web page has logged in to this gateway: its owner.
  if (typeof channel !== 'string' || typeof id !== 'string' || channel === 'web') return undefined
  return `${channel}:${id}`
}

function fieldOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [name: string]: JsonValue })[key]
    : undefined
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5)
  const rest = names.length - shown.length
  return [...shown, ...(rest === 0 ? [] : [`${rest} more`])].join(', ')
}
