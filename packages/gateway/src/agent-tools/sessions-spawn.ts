import type { Tool } from '@junctor/agent'
import { matchesAgent } from '../agent-to-agent/permission.ts'
import { nextHop } from '../agent-to-agent/hops.ts'
import { textOf } from '../envelopes.ts'
import type { Errands } from '../internal/errands.ts'
import { modelsFor } from '../session-model.ts'
import type { PreparedAgent, Snapshot } from '../snapshot.ts'
import { taskOf, type SubagentRun } from '../subagents/run.ts'
import { subagentSessionKey, type Subagent, type SubagentBook } from '../subagents/subagent.ts'
import type { TurnCauses } from '../turn-causes.ts'
import { countOf } from './input.ts'
import type { Caller } from './sight.ts'

export interface SessionsSpawnOptions {
  readonly snapshot: () => Snapshot
  readonly causes: TurnCauses
  readonly book: SubagentBook
  readonly runs: Errands<SubagentRun>
  readonly now: () => number
}

const LONGEST_LABEL = 80

/** Agents that a session of this agent may start as sub-agents, its own first. */
export function spawnableBy({ agents }: Snapshot, { agent }: Caller): readonly string[] {
  const own = agents.get(agent.id)
  if (own === undefined || own.subagents.maxDepth === 0) return []
  const { allowAgents } = own.subagents
  const others = [...agents.keys()].filter(
    (agentId) => agentId !== agent.id && allowAgents.some((glob) => matchesAgent(glob, agentId)),
  )
  return [agent.id, ...others]
}

/** The tool `sessions_spawn`: a session of its own for one task, whose result comes as a message. */
export function sessionsSpawnTool(options: SessionsSpawnOptions): Tool {
  const { snapshot, causes, book, runs, now } = options

  const childOf = (input: Parameters<Tool['run']>[0], caller: Caller): PreparedAgent => {
    const agentId = textOf(input, 'agentId') || caller.agent.id
    const allowed = spawnableBy(snapshot(), caller)
    const prepared = snapshot().agents.get(agentId)
    if (prepared !== undefined && allowed.includes(agentId)) return prepared
    throw new TypeError(
      `Not started: agent "${caller.agent.id}" may start ${allowed.length === 0 ? 'no sub-agents (subagents.maxDepth is 0)' : `only ${allowed.map((id) => `"${id}"`).join(', ')}`}; subagents.allowAgents of agent "${caller.agent.id}" names others.`,
    )
  }

  const depthUnder = async ({ agent, sessionKey }: Caller): Promise<number> => {
    const depth = ((await book.get(sessionKey))?.depth ?? 0) + 1
    const most = snapshot().agents.get(agent.id)?.subagents.maxDepth ?? 0
    if (depth <= most) return depth
    throw new TypeError(
      `Not started: this session is a sub-agent itself, and subagents.maxDepth of agent "${agent.id}" is ${most}.`,
    )
  }

  /** What the sub-agent gets must be no more than what the session has that starts it. */
  const refuseEscape = (caller: Caller, child: PreparedAgent, sessionKey: string): void => {
    const isConfined =
      snapshot().agents.get(caller.agent.id)?.sandbox(caller.sessionKey) !== undefined
    if (!isConfined || child.sandbox(sessionKey) !== undefined) return
    throw new TypeError(
      `Not started: this session works in a sandbox, and a sub-agent of agent "${child.agent.id}" would not (sandbox.mode of agent "${child.agent.id}").`,
    )
  }

  const modelFor = (input: Parameters<Tool['run']>[0], child: PreparedAgent) => {
    const { config } = snapshot()
    const written = textOf(input, 'model')
    if (written === '') return child.subagents.model
    const { aliases } = config.models
    const model = Object.hasOwn(aliases, written) ? aliases[written] : written
    const choice = modelsFor(config, child)
    if (model !== undefined && choice.has(model)) return model
    throw new TypeError(
      `Not started: "${written}" is no model of agent "${child.agent.id}". It has ${[...choice].join(', ')}.`,
    )
  }

  return {
    name: 'sessions_spawn',
    description:
      'Start a sub-agent with a session of its own for one task. It is accepted at once; its result reaches you as a message when it has ended. Write everything into the task that it needs to know: it sees nothing of this conversation.',
    inputSchema: {
      type: 'object',
      properties: {
        task: { type: 'string' },
        label: { type: 'string', description: 'A short name for it.' },
        agentId: { type: 'string', description: 'Another agent that does it, see agents_list.' },
        model: { type: 'string', description: 'Another model for it.' },
        runTimeoutSeconds: { type: 'integer', description: 'How long it may take; 0: no bound.' },
        cleanup: {
          type: 'string',
          enum: ['keep', 'delete'],
          description: 'Whether its session stays afterwards. By default it does for a while.',
        },
      },
      required: ['task'],
      additionalProperties: false,
    },
    once: 'by call id',
    async run(input, context) {
      const { sessionKey: parent } = context
      const task = textOf(input, 'task')
      if (task.trim() === '') throw new TypeError('Not started: "task" is empty.')
      const seconds = countOf(input, 'runTimeoutSeconds', { least: 0, most: 86_400, otherwise: 0 })
      const child = childOf(input, context)
      const depth = await depthUnder(context)
      const cause = causes.of(context.turnId)
      const key = `${cause.messageId}/${context.callId}`
      const sessionKey = subagentSessionKey(child.agent.id, `${context.agent.id}/${key}`)
      refuseEscape(context, child, sessionKey)
      const model = modelFor(input, child)
      const label = textOf(input, 'label').slice(0, LONGEST_LABEL).toWellFormed()
      const { answerTo } = cause
      const causation = nextHop(cause, snapshot().config.session.agentToAgent.maxHops)
      const subagent: Subagent = {
        parent,
        depth,
        cleanup: textOf(input, 'cleanup') === 'delete' ? 'delete' : 'keep',
        createdAt: now(),
        ...(label === '' ? {} : { label }),
        ...(model === undefined ? {} : { model }),
        ...(seconds === 0 ? {} : { timeoutMs: seconds * 1_000 }),
        ...(answerTo === undefined ? {} : { answerTo }),
      }
      const isNew = await book.add(sessionKey, subagent)
      const ended = isNew ? undefined : (await book.get(sessionKey))?.endedAt
      const accepted = { status: 'accepted', childSessionKey: sessionKey }
      if (ended !== undefined) return JSON.stringify({ ...accepted, note: 'It has ended already.' })
      const { id } = await runs.begin(taskOf(sessionKey, parent, task, { key, causation }))
      return JSON.stringify({ ...accepted, runId: id })
    },
  }
}
