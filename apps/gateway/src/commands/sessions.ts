import { createSubagentBook, type Subagent } from '@junctor/gateway'
import type { AgentStore, JsonValue, Session, Store } from '@junctor/store'
import { isSessionKey, parseSessionKey } from '@junctor/session-key'
import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { withReadOnlyStore } from '../read-store.ts'
import { table } from '../table.ts'
import { wholeNumber } from '../whole-number.ts'

const PAGE = 500

export function addSessionsCommands(program: Command, context: CliContext): void {
  const sessions = program.command('sessions').description('read what agents and people said')

  sessions
    .command('list')
    .description('every session, the latest first')
    .option('--agent <id>', 'of this agent only')
    .option('--json', 'print JSON')
    .action(async ({ agent, json = false }: { agent?: string; json?: boolean }) => {
      const found = await withReadOnlyStore(context, (store) => listSessions(store, agent))
      if (json) return context.print(JSON.stringify(found, undefined, 2))
      if (found.length === 0) return context.print('No sessions yet.')
      const rows = found.map(({ sessionKey, turns, updatedAt, subagent }) => [
        sessionKey,
        `${turns} ${turns === 1 ? 'turn' : 'turns'}`,
        new Date(updatedAt).toISOString(),
        ...(subagent === undefined ? [] : [subagentText(subagent)]),
      ])
      for (const line of table(rows)) context.print(line)
    })

  sessions
    .command('show')
    .description('the conversation of one session')
    .argument('<session-key>', 'as `sessions list` prints it')
    .option('--limit <n>', 'the newest n messages', wholeNumber(1), 50)
    .option('--json', 'print JSON')
    .action(async (key: string, { limit, json = false }: { limit: number; json?: boolean }) => {
      const messages = await withReadOnlyStore(context, async (store) =>
        (await agentOf(store, key)).transcript(key, { limit }),
      )
      if (json) return context.print(JSON.stringify(messages, undefined, 2))
      for (const { role, parts, at } of messages)
        context.print(
          `${new Date(at).toISOString()}  ${role}\n${indent(parts.map(partText).join('\n'))}`,
        )
    })

  sessions
    .command('export')
    .description('one session as JSON Lines on standard output, one message a line')
    .argument('<session-key>', 'as `sessions list` prints it')
    .action((key: string) =>
      withReadOnlyStore(context, async (store) => {
        const agent = await agentOf(store, key)
        for (const page of await pagesOf(agent, key))
          for (const message of page) context.print(JSON.stringify(message))
      }),
    )
}

/** A session, and how it came about where another one started it. */
type ListedSession = Session & { readonly subagent?: Subagent }

async function listSessions(
  store: Store,
  agentId: string | undefined,
): Promise<readonly ListedSession[]> {
  const agents = await store.agents()
  if (agentId !== undefined && !agents.includes(agentId))
    throw new CliError('NOT_FOUND', `Agent "${agentId}" has stored nothing.`)
  const lists = await Promise.all(
    agents
      .filter((id) => agentId === undefined || id === agentId)
      .map((id) => store.agent(id).sessions()),
  )
  const book = createSubagentBook(store)
  const listed = lists.flat().map(async (session): Promise<ListedSession> => {
    const { sessionKey } = session
    const isSubagent = isSessionKey(sessionKey) && parseSessionKey(sessionKey).kind === 'subagent'
    const subagent = isSubagent ? await book.get(sessionKey) : undefined
    return subagent === undefined ? session : { ...session, subagent }
  })
  return (await Promise.all(listed)).sort((a, b) => b.updatedAt - a.updatedAt)
}

/** `sub-agent "sheep" of agent:home:main, ok` */
function subagentText({ label, parent, status, endedAt }: Subagent): string {
  const name = label === undefined ? '' : ` ${JSON.stringify(label)}`
  const state = endedAt === undefined ? 'not ended yet' : (status ?? 'ended')
  return `sub-agent${name} of ${parent}, ${state}`
}

async function agentOf(store: Store, key: string): Promise<AgentStore> {
  const missing = new CliError(
    'NOT_FOUND',
    `There is no session "${key}" (see \`junctor sessions list\`).`,
  )
  let agentId: string
  try {
    agentId = parseSessionKey(key).agentId
  } catch (cause) {
    throw new CliError('NOT_FOUND', missing.message, { cause })
  }
  if (!(await store.agents()).includes(agentId)) throw missing
  const agent = store.agent(agentId)
  if ((await agent.session(key)) === undefined) throw missing
  return agent
}

async function pagesOf(agent: AgentStore, key: string): Promise<(readonly { seq: number }[])[]> {
  const pages = []
  for (let before: number | undefined; ;) {
    const window = before === undefined ? { limit: PAGE } : { limit: PAGE, before }
    const page = await agent.transcript(key, window)
    const [first] = page
    if (first === undefined) return pages.toReversed()
    pages.push(page)
    before = first.seq
  }
}

function partText(part: JsonValue): string {
  const { type, text, name, output, input } = Object(part) as { readonly [key: string]: unknown }
  if (type === 'text' && typeof text === 'string') return text
  const label = [type, name].filter((word) => typeof word === 'string').join(' ')
  const content = [text, output].find((said) => typeof said === 'string')
  return `[${label}] ${content ?? JSON.stringify(input)}`
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ')
}
