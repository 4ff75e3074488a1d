import type { Tool } from '@junctor/agent'
import type { Logger } from '@junctor/channel'
import type { Store } from '@junctor/store'
import { createExchanges, type Exchange } from './agent-to-agent/exchange.ts'
import { createAgentTools } from './agent-tools/agent-tools.ts'
import type { MessageToolOptions } from './agent-tools/message.ts'
import { createRecipients, type RecipientsOptions } from './agent-tools/recipient.ts'
import { spawnableBy } from './agent-tools/sessions-spawn.ts'
import { createSight } from './agent-tools/sight.ts'
import { createCron, type Cron } from './cron/cron.ts'
import type { NewId } from './ids.ts'
import { createAnswers } from './internal/answers.ts'
import { createErrands, type Errands } from './internal/errands.ts'
import type { Post } from './internal/post.ts'
import { createWaits } from './internal/waits.ts'
import type { Lanes } from './lanes.ts'
import type { Snapshot } from './snapshot.ts'
import { createArchive } from './subagents/archive.ts'
import { createSubagentRuns } from './subagents/run.ts'
import { createStopSubagents } from './subagents/stop.ts'
import { createSubagentBook } from './subagents/subagent.ts'
import { createSubagentTerms, type TermsOfSubagents } from './subagents/terms.ts'
import { createTurnCauses, type TurnCauses } from './turn-causes.ts'

/** What agents set going themselves: messages to each other, sub-agents, cron jobs, and the tools for them. */
export interface AgentWork {
  readonly tools: readonly Tool[]
  readonly cron: Cron
  readonly causes: TurnCauses
  readonly subagentTerms: TermsOfSubagents
  /** Ends what the sub-agents of a session do. Answers how many were at it. */
  readonly stopSubagents: (sessionKey: string) => Promise<number>
  turnEnded(agentId: string, sessionKey: string): void
  /** Nothing of the agent goes on: it is being removed. */
  forget(agentId: string): Promise<void>
  /** Go on with what a missed event or a dead process left. */
  sweep(): Promise<void>
  idle(): Promise<void>
}

export interface AgentWorkOptions {
  readonly store: Store
  readonly snapshot: () => Snapshot
  readonly post: Post
  readonly lanes: Pick<Lanes, 'aside' | 'stop'>
  readonly approvalOf: RecipientsOptions['approvalOf']
  readonly connection: MessageToolOptions['connection']
  /** Something waits to be sent. */
  readonly deliver: (agentId: string, sessionKey: string) => void
  readonly isPaused: (agentId: string) => boolean
  /** Unique for each running process. */
  readonly owner: string
  readonly newId: NewId
  readonly now: () => number
  readonly log: Logger
}

export function createAgentWork(options: AgentWorkOptions): AgentWork {
  const { store, snapshot, post, lanes, isPaused, owner, newId, now, log } = options
  const causes = createTurnCauses()
  const answers = createAnswers(store)
  const book = createSubagentBook(store)

  const begin: Errands<Exchange>['begin'] = (errand) => exchanges.begin(errand)
  const exchanges = createErrands<Exchange>({
    store,
    name: 'exchanges',
    post,
    answers,
    ended: createExchanges({ store, snapshot, post, begin, log }),
    log,
  })
  const runs = createErrands({
    store,
    name: 'subagent-runs',
    post,
    answers,
    ended: createSubagentRuns({ book, post, now, log }),
    log,
  })
  const cron = createCron({
    store,
    post,
    answers,
    config: () => snapshot().config,
    isAgent: (agentId) => snapshot().agents.has(agentId),
    isPaused,
    owner,
    newId,
    now,
    log,
  })
  const isUnderWay = (sessionKey: string): boolean => runs.isUnderWay(sessionKey)
  const archive = createArchive({ store, book, snapshot, isUnderWay, now })

  const tools = createAgentTools({
    store,
    cron,
    snapshot,
    sight: createSight({
      snapshot,
      isSpawnedBy: async (parent, child) => (await book.get(child))?.parent === parent,
    }),
    spawnable: (caller) => spawnableBy(snapshot(), caller),
    book,
    runs,
    causes,
    recipient: createRecipients({ store, snapshot, approvalOf: options.approvalOf, now }),
    connection: options.connection,
    deliver: options.deliver,
    newId,
    exchanges,
    answers,
    waits: createWaits(),
    aside: ({ agent, sessionKey }, wait) => lanes.aside(agent.id, sessionKey, wait),
    now,
  })

  return {
    tools,
    cron,
    causes,
    subagentTerms: createSubagentTerms({ book, makerOf: cron.makerOf, snapshot, now }),
    stopSubagents: createStopSubagents({
      store,
      book,
      newId,
      now,
      stopped: (agentId, sessionKey) => lanes.stop(agentId, sessionKey),
    }),
    turnEnded(agentId, sessionKey) {
      answers.turnEnded(agentId)
      exchanges.turnEnded(sessionKey)
      runs.turnEnded(sessionKey)
      cron.turnEnded(sessionKey)
    },
    async forget(agentId) {
      await Promise.all([exchanges.drop(agentId), runs.drop(agentId)])
      await book.forget(agentId)
    },
    async sweep() {
      for (const look of [exchanges.sweep, runs.sweep, archive])
        await look().catch((error: unknown) => {
          log.error({ error: String(error) }, 'what agents have begun could not be looked for')
        })
    },
    async idle() {
      await Promise.all([exchanges.idle(), runs.idle()])
    },
  }
}
