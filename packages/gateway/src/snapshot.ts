import type { Agent } from '@junctor/agent'
import type { Config } from '@junctor/config'
import { compileRouter, type Router, type RouterConfig } from '@junctor/router'
import type { PromptLimits } from '@junctor/runtime'
import type { AdmissionPolicy } from './admission.ts'
import { hasDayLimits, type DayLimits } from './budget/spending.ts'
import { revisionOf } from './revision.ts'
import { compileMentions, type FindMention } from './rooms/mention-patterns.ts'
import { isSandboxed } from './sandboxed.ts'
import { elevationOf, type Elevation } from './tool-policy/elevation.ts'
import { compileGates, type AgentGate, type ToolPlace } from './tool-policy/gates.ts'
import { refuseBadRules } from './tool-policy/problems.ts'
import { throttlesOf, type ThrottleRule } from './tool-policy/throttles.ts'

type AgentConfig = Config['agents']['list'][number]

/** One agent, ready to take a turn. */
export interface PreparedAgent {
  readonly agent: Agent
  readonly isDefault: boolean
  readonly limits: AgentConfig['limits']
  readonly skills: AgentConfig['skills']
  /** What its prompt takes of its files. */
  readonly promptLimits: PromptLimits
  readonly runtime: AgentConfig['runtime']
  readonly subagents: AgentConfig['subagents']
  /** Model ids that stand in for the agent's own, in order. */
  readonly fallbacks: readonly string[]
  readonly allowFrom: readonly string[]
  /** Which tools it has in one place. */
  readonly gate: (place: ToolPlace) => AgentGate
  /** The limits on calls of a tool. */
  readonly throttles: (tool: string) => readonly ThrottleRule[]
  /** Whether its commands may leave the sandbox. */
  readonly elevation: Elevation
  /** The sandbox that a session works in, if any. */
  readonly sandbox: (sessionKey: string) => AgentConfig['sandbox'] | undefined
  readonly findMention: FindMention
  /** Messages of a room that it is told of when it is asked. */
  readonly historyLimit: number
  /** Routes as if there were no other agent and no binding. */
  readonly alone: (dmScope: Config['session']['dmScope']) => Router
}

/** A config compiled once, off the message path. Turns keep the snapshot they began with. */
export interface Snapshot {
  readonly config: Config
  /** Digest of what decides the route; stored with every message, so that `why` explains by the rules of its time. */
  readonly revision: string
  /** What decides the route. Plain JSON. */
  readonly routing: RouterConfig
  readonly router: Router
  readonly agents: ReadonlyMap<string, PreparedAgent>
  /** Agents that the config tells to answer nothing. */
  readonly pausedAgents: ReadonlySet<string>
  /** Agents with limits for a day. */
  readonly budgets: ReadonlyMap<string, DayLimits>
  admission(channel: string, accountId: string): AdmissionPolicy | undefined
}

/** The part of a config that decides where a message goes. Plain JSON. */
export function routingOf(config: Config): RouterConfig {
  const { mainKey, dmScope, identityLinks } = config.session
  return {
    agents: config.agents.list.map(({ id, default: isDefault, roles, fallback }) => ({
      id,
      default: isDefault,
      roles,
      fallback,
    })),
    bindings: config.bindings,
    session: { mainKey, dmScope, identityLinks },
    ...(config.broadcast === undefined ? {} : { broadcast: config.broadcast }),
    ...config.routing,
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}

/**
 * Throws `RouterError` when bindings and agents do not fit together, `GatewayError` for a mention pattern that is none,
 * `ToolPolicyError` for tool rules that name no group.
 */
export function compileSnapshot(config: Config): Snapshot {
  refuseBadRules(config)
  const routing = routingOf(config)
  const router = compileRouter(routing)
  const agents = new Map(config.agents.list.map((entry) => [entry.id, prepareAgent(config, entry)]))
  return {
    config,
    revision: revisionOf(routing),
    routing,
    router,
    agents,
    budgets: new Map(
      config.agents.list.flatMap(({ id, limits }) =>
        hasDayLimits(limits) ? [[id, limits] as const] : [],
      ),
    ),
    pausedAgents: new Set(config.agents.list.flatMap(({ id, paused }) => (paused ? [id] : []))),
    admission: admissionOf(config),
  }
}

/** Who may speak on an account; undefined where there is none of that name. */
export function admissionOf({ channels }: Pick<Config, 'channels'>): Snapshot['admission'] {
  return (channel, accountId) => {
    const accounts = Object.hasOwn(channels, channel) ? channels[channel] : undefined
    return accounts !== undefined && Object.hasOwn(accounts, accountId)
      ? accounts[accountId]
      : undefined
  }
}

function prepareAgent(config: Config, entry: AgentConfig): PreparedAgent {
  const { id, name, identity, workspace, agentDir, model } = entry
  const alone = new Map<string, Router>()
  return {
    agent: { id, name, identity, workspace, agentDir, model },
    isDefault: entry.default,
    limits: entry.limits,
    skills: entry.skills,
    promptLimits: {
      maxFileLength: entry.bootstrapMaxChars,
      maxTotalLength: entry.bootstrapTotalMaxChars,
    },
    runtime: entry.runtime,
    subagents: entry.subagents,
    fallbacks: entry.fallbacks,
    allowFrom: entry.allowFrom,
    gate: compileGates(config, entry),
    throttles: throttlesOf(config, entry),
    elevation: elevationOf(config, entry),
    findMention: compileMentions({ id, name, identity, ...entry.groupChat }),
    historyLimit: entry.groupChat.historyLimit,
    sandbox: (sessionKey) => (isSandboxed(entry.sandbox, sessionKey) ? entry.sandbox : undefined),
    alone(dmScope) {
      const known = alone.get(dmScope)
      if (known !== undefined) return known
      const session = { ...config.session, dmScope }
      const router = compileRouter({ agents: [{ id }], bindings: [], session })
      alone.set(dmScope, router)
      return router
    },
  }
}
