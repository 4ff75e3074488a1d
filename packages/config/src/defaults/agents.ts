import type { AgentConfig, GroupChatConfig, ModelsConfig, SkillSettings } from '../config.ts'
import {
  defaultAgentRuntime,
  defaultBootstrap,
  defaultLimits,
  defaultPermissions,
  defaultSubagents,
} from './default-values.ts'
import { defaultModel, resolveModel } from './model-names.ts'
import { mergeSandbox } from './sandbox.ts'
import { mergeSkills } from './skills.ts'
import { joinPath, resolvePath } from '../paths.ts'
import { toRecord } from '../record.ts'
import type { AgentInput, AgentsInput, ModelInput } from '../schema/agents.ts'
import type { AgentAuthInput } from '../schema/auth.ts'

/** Where paths start, and what they are called by default. */
export interface Places {
  readonly home: string
  readonly stateDir: string
  /** What relative paths of the file stand in. */
  readonly baseDir: string
  /** Names a workspace of its own for the default agent. */
  readonly profile: string | undefined
}

/** What agents have from the rest of the config. */
export interface Surroundings {
  readonly models: ModelsConfig
  readonly places: Places
  readonly groupChat: GroupChatConfig
  readonly auth: AgentAuthInput
  readonly skills: Readonly<Record<string, SkillSettings>>
}

/** Every agent with `agents.defaults` merged into it. A file without agents has one, `main`. */
export function resolveAgents(
  input: AgentsInput,
  { models, places, groupChat, auth, skills }: Surroundings,
): readonly AgentConfig[] {
  const list = input.list === undefined || input.list.length === 0 ? [{ id: 'main' }] : input.list
  const defaultId = (list.find((agent: AgentInput) => agent.default === true) ?? list[0])?.id
  const { defaults = {} } = input
  return list.map((agent: AgentInput) => {
    const { id, name, identity = {}, agentDir } = agent
    const { allowFrom = [], roles = [], fallback = [], paused = false } = agent
    const model: ModelInput = { ...defaults.model, ...agent.model }
    const isDefault = id === defaultId
    return {
      id,
      default: isDefault,
      name: name ?? identity.name ?? id,
      identity,
      model: resolveModel(model.primary ?? defaultModel(models), models),
      fallbacks: (model.fallbacks ?? []).map((other) => resolveModel(other, models)),
      workspace: workspaceOf(agent, isDefault, defaults.workspace, places),
      agentDir:
        agentDir === undefined
          ? joinPath(places.stateDir, 'agents', id, 'agent')
          : resolvePath(agentDir, places.baseDir, places.home),
      auth: mergeAuth(auth, agent.auth),
      tools: mergeTools(defaults.tools, agent.tools),
      permissions: {
        operations: [],
        requireApproval: [],
        ...defaultPermissions,
        ...defaults.permissions,
        ...agent.permissions,
      },
      sandbox: mergeSandbox(defaults.sandbox, agent.sandbox),
      limits: { ...defaultLimits, ...defaults.limits, ...agent.limits },
      runtime: { ...defaultAgentRuntime, ...defaults.runtime, ...agent.runtime },
      allowFrom,
      groupChat: {
        ...groupChat,
        ...defaults.groupChat,
        ...agent.groupChat,
      },
      skills: mergeSkills(skills, defaults.skills, agent.skills),
      subagents: mergeSubagents(defaults.subagents, agent.subagents, models),
      roles,
      fallback,
      bootstrapMaxChars:
        agent.bootstrapMaxChars ?? defaults.bootstrapMaxChars ?? defaultBootstrap.bootstrapMaxChars,
      bootstrapTotalMaxChars:
        agent.bootstrapTotalMaxChars ??
        defaults.bootstrapTotalMaxChars ??
        defaultBootstrap.bootstrapTotalMaxChars,
      paused,
    }
  })
}

function mergeSubagents(
  base: AgentInput['subagents'],
  own: AgentInput['subagents'],
  models: ModelsConfig,
): AgentConfig['subagents'] {
  const merged = { ...defaultSubagents, ...base, ...own }
  const { model } = merged
  return model === undefined ? merged : { ...merged, model: resolveModel(model, models) }
}

function workspaceOf(
  { id, workspace }: AgentInput,
  isDefault: boolean,
  fallback: string | undefined,
  { stateDir, baseDir, home, profile }: Places,
): string {
  if (workspace !== undefined) return resolvePath(workspace, baseDir, home)
  const base =
    fallback === undefined ? joinPath(stateDir, 'workspace') : resolvePath(fallback, baseDir, home)
  if (!isDefault) return `${base}-${id}`
  return profile === undefined || fallback !== undefined ? base : `${base}-${profile}`
}

function mergeAuth(base: AgentAuthInput, own: AgentAuthInput = {}): AgentConfig['auth'] {
  const scope = own.scope ?? base.scope
  const order = toRecord([...Object.entries(base.order ?? {}), ...Object.entries(own.order ?? {})])
  return { ...(scope === undefined ? {} : { scope }), order }
}

function mergeTools(
  base: AgentConfig['tools'] = {},
  own: AgentConfig['tools'] = {},
): AgentConfig['tools'] {
  const merge = <Value>(
    one: Readonly<Record<string, Value>> | undefined,
    other: Readonly<Record<string, Value>> | undefined,
  ): Readonly<Record<string, Value>> => toRecord(Object.entries({ ...one, ...other }))
  return {
    ...base,
    ...own,
    ...(base.byProvider && { byProvider: merge(base.byProvider, own.byProvider) }),
    ...(base.elevated && { elevated: { ...base.elevated, ...own.elevated } }),
    ...(base.throttle && { throttle: merge(base.throttle, own.throttle) }),
    ...(base.web?.fetch !== undefined && own.web?.fetch !== undefined
      ? { web: { fetch: { ...base.web.fetch, ...own.web.fetch } } }
      : {}),
    ...(base.mcp !== undefined && own.mcp !== undefined
      ? { mcp: { ...base.mcp, ...own.mcp } }
      : {}),
  }
}
