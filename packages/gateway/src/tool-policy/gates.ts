import type { Config, ToolRules } from '@junctor/config'
import type { ToolGate } from '@junctor/runtime'
import { parseSessionKey } from '@junctor/session-key'
import {
  compileToolPolicy,
  defaultSandboxTools,
  permissionTools,
  rulesForModel,
  subagentTools,
  type ToolLayer,
} from '@junctor/tool-policy'
import { isSandboxed } from '../sandboxed.ts'
import { needsApprovalOf, type NeedsApproval } from './needs-approval.ts'

type AgentConfig = Config['agents']['list'][number]

/** Where an agent uses its tools. */
export interface ToolPlace {
  readonly sessionKey: string
  /** The model that is asked, as `provider/model`. Default: the agent's own. */
  readonly model?: string
  /** What the room that the message came from takes away, and where the config says so. */
  readonly room?: { readonly name: string; readonly tools: ToolRules }
  /** Of the session that made this one: a sub-agent never has more. */
  readonly parent?: AgentGate
}

/** A gate that knows as well of which tools a person has to approve each call. */
export interface AgentGate extends ToolGate {
  readonly needsApproval?: NeedsApproval
}

/**
 * The gates of an agent. Each is made of layers that only take away, in this order: profile, profile by provider, rules of
 * all, by provider, rules of the agent, by provider, the room, the sandbox, sub-agents, permissions.
 */
export function compileGates(config: Config, agent: AgentConfig): (place: ToolPlace) => AgentGate {
  const compiled = new Map<string, ToolGate>()
  const needsApproval = needsApprovalOf(config, agent)
  return ({ sessionKey, model = agent.model, room, parent }) => {
    const sandboxed = isSandboxed(agent.sandbox, sessionKey)
    const isSubagent = parseSessionKey(sessionKey).kind === 'subagent'
    const name = JSON.stringify([model, sandboxed, isSubagent, room ?? null])
    const made = { model, room, sandboxed, isSubagent }
    const own = compiled.get(name) ?? compileGate(config, agent, made)
    compiled.set(name, own)
    return parent === undefined
      ? { ...own, needsApproval }
      : within({ ...own, needsApproval }, parent)
  }
}

interface Place {
  readonly model: string
  readonly room: ToolPlace['room']
  readonly sandboxed: boolean
  readonly isSubagent: boolean
}

/** A tool must be allowed for the model and for every one that may stand in for it. */
function compileGate(config: Config, agent: AgentConfig, place: Place): ToolGate {
  const policies = [place.model, ...agent.fallbacks].map((model) =>
    compileToolPolicy(layersOf(config, agent, { ...place, model }), { model }),
  )
  return {
    check(tool) {
      const verdicts = policies.map((policy) => policy.check(tool))
      return verdicts.find(({ allowed }) => !allowed) ?? verdicts[0] ?? { allowed: false }
    },
  }
}

function within(own: AgentGate, parent: AgentGate): AgentGate {
  return {
    needsApproval: (tool) => own.needsApproval?.(tool) ?? parent.needsApproval?.(tool),
    check(tool) {
      const verdict = own.check(tool)
      if (!verdict.allowed) return verdict
      const inherited = parent.check(tool)
      if (inherited.allowed) return verdict
      return { ...inherited, layer: `the session that made this one, ${inherited.layer ?? ''}` }
    },
  }
}

function layersOf(
  config: Config,
  { id, tools, sandbox: _, permissions }: AgentConfig,
  { model, room, sandboxed, isSubagent }: Place,
): readonly ToolLayer[] {
  const all = { name: 'tools', rules: config.tools }
  const own = { name: `agents.${id}.tools`, rules: tools }
  const [ofSandbox = { name: 'default of sandboxes', rules: defaultSandboxTools }] = [
    own,
    all,
  ].flatMap(({ name, rules }) =>
    rules.sandbox?.tools === undefined
      ? []
      : [{ name: `${name}.sandbox.tools`, rules: rules.sandbox.tools }],
  )
  return [
    ...profileLayers(all, own, model),
    withoutProfile(all),
    withoutProfile(own),
    ...(room === undefined ? [] : [{ name: room.name, ...room.tools }]),
    ...(sandboxed ? [{ name: ofSandbox.name, ...ofSandbox.rules }] : []),
    ...(isSubagent ? [subagentLayer(all, own)] : []),
    {
      name: `agents.${id}.permissions.mode "${permissions.mode}"`,
      ...permissionTools(permissions.mode, { sandboxed }),
    },
    { name: `agents.${id}.permissions.operations`, allow: permissions.operations },
  ]
}

interface Owner {
  readonly name: string
  readonly rules: AgentConfig['tools']
}

/** One profile holds, and one by provider: the agent's own in place of that of all. What is `alsoAllow`ed adds to it. */
function profileLayers(all: Owner, own: Owner, model: string): readonly ToolLayer[] {
  const alsoAllow = own.rules.alsoAllow ?? all.rules.alsoAllow ?? []
  const plain = [own, all].flatMap(({ name, rules: { profile } }) =>
    profile === undefined ? [] : [{ name, profile, alsoAllow }],
  )
  const byProvider = [own, all].flatMap(({ name, rules }) => {
    const found = rulesForModel(rules.byProvider, model)
    const profile = found?.rules.profile
    if (found === undefined || profile === undefined) return []
    const also = found.rules.alsoAllow ?? alsoAllow
    return [{ name: `${name}.byProvider.${found.key}`, profile, alsoAllow: also }]
  })
  return [...plain.slice(0, 1), ...byProvider.slice(0, 1)]
}

function withoutProfile({ name, rules }: Owner): ToolLayer {
  const { allow = [], alsoAllow = [], deny = [], byProvider = {} } = rules
  const providers = Object.entries(byProvider).map(
    ([key, { profile: _, ...listed }]) => [key, listed] as const,
  )
  return { name, allow, alsoAllow, deny, byProvider: Object.fromEntries(providers) }
}

function subagentLayer(all: Owner, own: Owner): ToolLayer {
  const owner = own.rules.subagents?.tools === undefined ? all : own
  const rules = subagentTools(owner.rules.subagents?.tools)
  return { name: `${owner.name}.subagents.tools`, ...rules }
}
