// A gateway in a process of its own that ends itself, as by `kill -9`, at a chosen point. Run with the options as JSON.
import { once } from 'node:events'
import { slack } from '@junctor/channel-slack'
import { telegram } from '@junctor/channel-telegram'
import { parseConfig } from '@junctor/config'
import { createGateway } from '@junctor/gateway'
import { createModels } from '@junctor/models'
import type { AgentStore, Store, Table } from '@junctor/store'
import { openSqliteStore } from '@junctor/store-sqlite'
import type { Tool } from '@junctor/agent'

type Method =
  | 'accept'
  | 'journal'
  | 'answer'
  | 'extend'
  | 'release'
  | 'commit'
  | 'settleDelivery'
  | 'draft'

export type CrashPoint =
  | `${Method}:${'before' | 'after'}`
  | 'tool'
  | `${(typeof watched)[number]}:${'before' | 'after'}`

export interface CrashOptions {
  readonly stateDir: string
  readonly config: object
  /** Nothing: run on. */
  readonly crashAt?: CrashPoint
  /** Only calls count that have this text among their arguments. */
  readonly where?: string
  /** Which call of that kind ends the process. Default: the first. */
  readonly call?: number
  /** The tool waits until its parent process says something. */
  readonly waits?: boolean
  /** A turn that holds this text ends the process before it commits, each time. */
  readonly poison?: string
}

const {
  stateDir,
  config: written,
  crashAt,
  call = 1,
  where = '',
  waits = false,
  poison,
} = JSON.parse(process.argv[2] ?? '{}') as CrashOptions
let calls = 0

function reach(point: CrashPoint, args: readonly unknown[] = []): void {
  if (point !== crashAt || (where !== '' && !JSON.stringify(args).includes(where))) return
  calls += 1
  if (calls === call) process.kill(process.pid, 'SIGKILL')
}

const watched = [
  'pairing-pages',
  'pairing-approvals',
  'sequences',
  'approvals',
  'cron-agents',
  'cron-runs',
  'cron',
  'exchanges',
  'subagents',
  'subagent-runs',
] as const

function aroundPut(tableName: string, table: Table): Table {
  const name = watched.find((each) => each === tableName)
  if (name === undefined) return table
  return {
    ...table,
    async put(...args) {
      reach(`${name}:before`, args)
      const wrote = await table.put(...args)
      reach(`${name}:after`, args)
      return wrote
    },
  }
}

/** The same store, which ends the process around the chosen call. */
function crashing(store: Store): Store {
  const wrapped = new Map<string, AgentStore>()
  const wrap = (agent: AgentStore): AgentStore => {
    const around =
      <Args extends readonly unknown[], Result>(
        name: Method,
        run: (...args: Args) => Promise<Result>,
      ) =>
      async (...args: Args): Promise<Result> => {
        reach(`${name}:before`, args)
        const result = await run(...args)
        reach(`${name}:after`, args)
        return result
      }
    return {
      ...agent,
      table: (name) => aroundPut(name, agent.table(name)),
      accept: around('accept', (message, overflow) => agent.accept(message, overflow)),
      journal: around('journal', (lease, called) => agent.journal(lease, called)),
      answer: around('answer', (message, decide) => agent.answer(message, decide)),
      extend: around('extend', (lease, options) => agent.extend(lease, options)),
      release: around('release', (lease, options) => agent.release(lease, options)),
      commit: around('commit', (lease, commit) => {
        const isPoisoned = poison !== undefined && JSON.stringify(commit).includes(poison)
        // What is given up holds the text too; it is the only commit that may pass.
        if (isPoisoned && commit.outcome.state === 'done') process.kill(process.pid, 'SIGKILL')
        return agent.commit(lease, commit)
      }),
      settleDelivery: around('settleDelivery', (id, outcome) => agent.settleDelivery(id, outcome)),
      draft: around('draft', (lease, draft) => agent.draft(lease, draft)),
    }
  }
  return {
    ...store,
    gateway: {
      ...store.gateway,
      table: (name) => aroundPut(name, store.gateway.table(name)),
    },
    agent(id) {
      const known = wrapped.get(id) ?? wrap(store.agent(id))
      wrapped.set(id, known)
      return known
    },
  }
}

/** A tool that must not run twice: it tells its parent process that it ran. */
const charge: Tool = {
  name: 'charge',
  description: 'Charge the customer once.',
  inputSchema: { type: 'object' },
  once: true,
  async run() {
    await new Promise((resolve) => process.send?.({ charged: true }, resolve))
    if (waits) await once(process, 'message')
    reach('tool')
    return 'charged'
  },
}

const parsed = parseConfig(JSON.stringify(written), { home: stateDir, stateDir })
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const { config } = parsed
const gateway = createGateway({
  config,
  store: crashing(openSqliteStore({ stateDir })),
  channels: { telegram: telegram(), slack: slack() },
  models: createModels({ providers: config.models.providers }),
  tools: [charge],
})
process.on('disconnect', () => process.exit())
process.on('message', (message) => {
  if (typeof message === 'object' && message !== null && 'approve' in message)
    void gateway.pairing
      .approve(String(message.approve))
      .then(() => process.send?.({ approved: true }))
})
await gateway.start()
process.send?.({ ready: true })
