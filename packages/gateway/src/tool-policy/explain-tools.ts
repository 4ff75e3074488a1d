import type { Config } from '@junctor/config'
import { parseSessionKey, sessionKey as writeSessionKey } from '@junctor/session-key'
import { approversOf } from '../approvals/approvals.ts'
import { GatewayError } from '../errors.ts'
import { isSandboxed } from '../sandboxed.ts'
import { admissionOf } from '../snapshot.ts'
import { elevationOf, type Writer } from './elevation.ts'
import { compileGates, type AgentGate } from './gates.ts'
import { placeOfSession, roomTools } from './place.ts'
import { throttlesOf, throttleText } from './throttles.ts'

/** Whose tools are asked about. */
export interface ToolsQuestion {
  readonly agentId: string
  /** Default: the agent's main session. */
  readonly sessionKey?: string
  /** `provider/model`. Default: the agent's own. */
  readonly model?: string
  /** Who writes, for what depends on that. */
  readonly writer?: Writer
}

/** One tool, and what decides about it. */
export interface ExplainedTool {
  readonly name: string
  readonly allowed: boolean
  /** The layer and the rule in it that decided. Absent when no rule speaks of the tool. */
  readonly layer?: string
  readonly rule?: string
  /** Limits on its calls: `tools.throttle "exec": 10 calls a minute`. */
  readonly limits: readonly string[]
  /** Why a person has to approve each call, and where those stand who may: `tools.requireApproval "exec"`. */
  readonly approval?: string
}

/** What an agent has of its tools in one session. */
export interface ExplainedTools {
  readonly agentId: string
  readonly sessionKey: string
  readonly model: string
  readonly sandboxed: boolean
  /** Whether its commands may leave the sandbox, and otherwise why not. */
  readonly elevated: { readonly allowed: boolean; readonly reason?: string }
  readonly tools: readonly ExplainedTool[]
}

/** The policy's word on each of the tools `names`. `parent` is what the session may do that started this one. Rejects with `UNKNOWN_AGENT`, and for a session of another agent. */
export function explainTools(
  config: Config,
  { agentId, sessionKey: asked, model, writer }: ToolsQuestion,
  names: readonly string[],
  parent?: AgentGate,
): ExplainedTools {
  const agent = config.agents.list.find(({ id }) => id === agentId)
  if (agent === undefined) {
    const known = config.agents.list.map(({ id }) => id).join(', ')
    throw new GatewayError(
      'UNKNOWN_AGENT',
      `There is no agent "${agentId}" (agents.list has ${known}).`,
    )
  }
  const { mainKey } = config.session
  const key = asked ?? writeSessionKey({ kind: 'main', agentId, mainKey })
  if (parseSessionKey(key).agentId !== agentId)
    throw new GatewayError('UNKNOWN_AGENT', `"${key}" is no session of agent "${agentId}".`)
  const room = placeOfSession(key)
  const gate = compileGates(
    config,
    agent,
  )({
    sessionKey: key,
    ...(parent === undefined ? {} : { parent }),
    ...(model === undefined ? {} : { model }),
    ...(room === undefined ? {} : roomTools(admissionOf(config), room)),
  })
  const limits = throttlesOf(config, agent)
  const approvers = approversOf({ config }, agentId)?.setting ?? 'and tools.approvers names nobody'
  const sandboxed = isSandboxed(agent.sandbox, key)
  const refused = elevationOf(config, agent)(key, writer === undefined ? [] : [writer])
  return {
    agentId,
    sessionKey: key,
    model: model ?? agent.model,
    sandboxed,
    elevated: refused === undefined ? { allowed: true } : { allowed: false, reason: refused },
    tools: names.map((name) => {
      const { allowed, layer, rule } = gate.check(name)
      const approval = gate.needsApproval?.(name)
      return {
        name,
        allowed,
        ...(layer === undefined ? {} : { layer }),
        ...(rule === undefined ? {} : { rule }),
        ...(approval === undefined ? {} : { approval: `${approval}, ${approvers}` }),
        limits: limits(name).map(
          (limit) => `${limit.layer} "${limit.entry}": ${throttleText(limit)}`,
        ),
      }
    }),
  }
}
